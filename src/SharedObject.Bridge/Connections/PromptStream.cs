using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using MQTTnet.Channel;

namespace SharedObjects.Bridging.Connections;

/// <summary>A connection's stream that reads all that has come in one call, and has the system acknowledge it at once.</summary>
/// <remarks>
/// <para>The client asks for two bytes, then for one or more, then for four thousand at a time, each of which would be a system call.</para>
/// <para>
/// Brokers send small messages by Nagle's algorithm unless they are told otherwise (mosquitto's set_tcp_nodelay): the next waits until the
/// one before is acknowledged. And Linux delays acknowledgements by up to 40 ms on a connection that is used both ways, as ours is. Together
/// they make bursts of 40 ms of a state that comes a thousand times a second. TCP_QUICKACK ends that, and not for long (tcp(7)): it is set after each read.
/// </para>
/// </remarks>
internal sealed class PromptStream(Socket socket, int bufferSize) : Stream
{
    private const int TcpLevel = 6, QuickAck = 12; // IPPROTO_TCP, TCP_QUICKACK
    private static readonly byte[] s_on = BitConverter.GetBytes(1);

    private readonly byte[] _buffer = new byte[bufferSize];
    private int _start, _end; // of what was read and not asked for yet

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _start < _end || buffer.IsEmpty ? ValueTask.FromResult(Take(buffer.Span)) : FillAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_start == _end && count > 0)
        {
            _start = 0;
            _end = socket.Receive(_buffer);
            Acknowledge();
        }

        return Take(buffer.AsSpan(offset, count));
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            buffer = buffer[await socket.SendAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count)
    {
        ReadOnlySpan<byte> rest = buffer.AsSpan(offset, count);
        while (!rest.IsEmpty)
        {
            rest = rest[socket.Send(rest)..];
        }
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> FillAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        int read = await socket.ReceiveAsync(_buffer, SocketFlags.None, cancellation).ConfigureAwait(false);
        Acknowledge();
        (_start, _end) = (0, read);
        return Take(buffer.Span);
    }

    private int Take(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        return count;
    }

    private void Acknowledge()
    {
        try
        {
            socket.SetRawSocketOption(TcpLevel, QuickAck, s_on);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The connection has ended; the next read says so.
        }
    }

    /// <summary>Makes such streams for the client.</summary>
    /// <param name="bufferSize">How much is read at once, at most.</param>
    internal sealed class Provider(int bufferSize) : IMqttClientStreamProvider
    {
        public async Task<Stream> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
                return new PromptStream(socket, bufferSize);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}
