using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace SharedObjects.Bridging.Tests.Support;

/// <summary>A link to a broker that carries so many bytes a second each way, and holds hardly any: what it has not carried stands at the sender.</summary>
internal sealed class SlowLink : IDisposable
{
    private const int Piece = 2048;

    private readonly CancellationTokenSource _end = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = Piece };
    private readonly int _target;

    internal SlowLink(int target)
    {
        _target = target;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _ = AcceptAsync();
    }

    internal Uri Address => new($"mqtt://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}");

    /// <summary>Bytes a second.</summary>
    internal int Rate { get; set; } = int.MaxValue;

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket near = await _listener.AcceptAsync(_end.Token);
                var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = Piece, NoDelay = true };
                await far.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _target), _end.Token);
                _ = CarryAsync(near, far);
                _ = CarryAsync(far, near);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test ends.
        }
    }

    private async Task CarryAsync(Socket from, Socket to)
    {
        using (from)
        using (to)
        {
            byte[] piece = new byte[Piece];
            try
            {
                while (await from.ReceiveAsync(piece, SocketFlags.None, _end.Token) is > 0 and int count)
                {
                    await Task.Delay((int)(1000L * count / Rate), _end.Token);
                    await to.SendAsync(piece.AsMemory(0, count), SocketFlags.None, _end.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // One side has ended, and so does the other.
            }
        }
    }
}
