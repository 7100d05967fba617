using System;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace SharedObjects.Bridging.Peers.Links;

/// <summary>Listens, and passes each connection on to the target, both ways.</summary>
internal sealed class Relay : IDisposable
{
    // Small, as what stands in queues here and in the kernel is what a slow link delays.
    private const int Piece = 4096;
    private const int SocketBuffer = 32 * 1024;
    private const int PiecesUnderWay = 64; // as far as delays need them

    private readonly IPEndPoint _target;
    private readonly Socket _listener;
    private readonly ConcurrentDictionary<Connection, bool> _connections = new();
    private readonly CancellationTokenSource _end = new();
    private TaskCompletionSource _moving = Done();

    internal Relay(IPEndPoint listen, IPEndPoint target)
    {
        _target = target;
        There = new Way(() => Volatile.Read(ref _moving).Task);
        Back = new Way(() => Volatile.Read(ref _moving).Task);
        _listener = new Socket(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(listen);
        _listener.Listen();
        _ = ListenAsync();
    }

    internal Way There { get; }

    internal Way Back { get; }

    internal int Connections => _connections.Count;

    internal volatile bool Refuses;

    internal void Delay(double delay, double jitter)
    {
        There.Delay(delay, jitter);
        Back.Delay(delay, jitter);
    }

    internal void Rate(double bytesPerSecond)
    {
        There.Rate(bytesPerSecond);
        Back.Rate(bytesPerSecond);
    }

    internal void Loss(double share, double stallMs)
    {
        There.Loss(share, stallMs);
        Back.Loss(share, stallMs);
    }

    internal void Stall(bool stalls)
    {
        if (!stalls)
        {
            _moving.TrySetResult();
        }
        else if (_moving.Task.IsCompleted)
        {
            _moving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    internal void Reset()
    {
        lock (_connections)
        {
            foreach (Connection connection in _connections.Keys)
            {
                connection.Abort();
            }
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        Reset();
        _end.Dispose();
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    private async Task ListenAsync()
    {
        while (true)
        {
            Socket near;
            try
            {
                near = await _listener.AcceptAsync(_end.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            if (Refuses)
            {
                Connection.Abort(near);
                continue;
            }

            _ = ServeAsync(near);
        }
    }

    private async Task ServeAsync(Socket near)
    {
        var connection = new Connection(near, new Socket(_target.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        foreach (Socket socket in (Socket[])[near, connection.Far])
        {
            socket.NoDelay = true;
            socket.ReceiveBufferSize = socket.SendBufferSize = SocketBuffer;
        }

        _connections.TryAdd(connection, true);
        if (await connection.TryAsync(() => connection.Far.ConnectAsync(_target, connection.Ended).AsTask()))
        {
            await Task.WhenAll(CarryAsync(near, connection.Far, There, connection), CarryAsync(connection.Far, near, Back, connection));
        }

        lock (_connections)
        {
            _connections.TryRemove(connection, out _);
            connection.Dispose();
        }
    }

    private static async Task CarryAsync(Socket from, Socket to, Way way, Connection connection)
    {
        Channel<(byte[] Bytes, double DueAt)> underWay = Channel.CreateBounded<(byte[], double)>(PiecesUnderWay);
        Task writing = connection.TryAsync(() => WriteAsync(underWay.Reader, to, way, connection.Ended));
        await connection.TryAsync(async () =>
        {
            byte[] buffer = new byte[Piece];
            while (await from.ReceiveAsync(buffer, connection.Ended) is > 0 and var size)
            {
                await underWay.Writer.WriteAsync((buffer[..size], way.DueAt()), connection.Ended);
            }
        });
        underWay.Writer.Complete();
        await writing;
    }

    private static async Task WriteAsync(ChannelReader<(byte[] Bytes, double DueAt)> underWay, Socket to, Way way, CancellationToken end)
    {
        await foreach ((byte[] bytes, double dueAt) in underWay.ReadAllAsync(end))
        {
            await way.PassAsync(bytes.Length, dueAt, end);
            for (int sent = 0; sent < bytes.Length;)
            {
                sent += await to.SendAsync(bytes.AsMemory(sent), end);
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
