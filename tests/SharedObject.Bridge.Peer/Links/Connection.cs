using System;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace SharedObjects.Bridging.Peers.Links;

/// <summary>A connection that is passed on: what breaks one of its two sockets breaks the other.</summary>
internal sealed class Connection(Socket near, Socket far) : IDisposable
{
    private readonly CancellationTokenSource _end = new();

    internal Socket Far => far;

    internal CancellationToken Ended => _end.Token;

    /// <summary>Does a part of the work; aborts the connection if it fails.</summary>
    /// <returns>Whether it did not.</returns>
    internal async Task<bool> TryAsync(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            Abort();
            return false;
        }
    }

    /// <summary>Ends it at once: both ends are told by a reset, and what is under way is lost.</summary>
    internal void Abort()
    {
        _end.Cancel();
        Abort(near);
        Abort(far);
    }

    internal static void Abort(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was never connected, or has ended already.
        }

        socket.Dispose();
    }

    public void Dispose()
    {
        near.Dispose();
        far.Dispose();
        _end.Dispose();
    }
}
