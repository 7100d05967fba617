using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using MQTTnet.Channel;

namespace SharedObjects.Bridging.Connections;

/// <summary>A connection's stream that reads all that has come in one call, on the caller's thread, and has the system acknowledge it soon.</summary>
/// <remarks>
/// <para>The client asks for two bytes, then for one or more, then for four thousand at a time, each of which would be a system call.</para>
/// <para>
/// Reads are done when they return, and block until there is something: whoever reads has a thread for it (<see cref="Connection"/>). A value then
/// gets from the socket into its segment without a hop to another thread: two of them, of the runtime's socket thread to the pool and of the pool to
/// who awaits, would add half as much again to the time that it takes on a quick network. Writes do not block.
/// </para>
/// <para>
/// Brokers send small messages by Nagle's algorithm unless they are told otherwise (mosquitto's set_tcp_nodelay): the next waits until the
/// one before is acknowledged. And Linux delays acknowledgements by up to 40 ms on a connection that is used both ways, as ours is. Together
/// they make bursts of 40 ms of a state that comes a thousand times a second. TCP_QUICKACK ends that, and not for long (tcp(7)): it is set before each
/// wait, when what was read has been dealt with.
/// </para>
/// </remarks>
internal sealed class PromptStream(Socket socket, int bufferSize) : Stream
{
    private const int TcpLevel = 6, Info = 11, QuickAck = 12; // IPPROTO_TCP, TCP_INFO, TCP_QUICKACK
    private const int Unacknowledged = 24, BytesAcknowledged = 120, BytesReceived = 128, NotSent = 144, InfoSize = 148; // tcp_info of linux/tcp.h, since 4.6
    private static readonly byte[] s_on = BitConverter.GetBytes(1);

    private readonly byte[] _buffer = new byte[bufferSize];
    private int _start, _end; // of what was read and not asked for yet
    private long _carried;

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
        ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_start == _end && !buffer.IsEmpty)
        {
            Acknowledge();
            // Polled and then read: the runtime reads by its own thread where a call might block on a socket that is also used asynchronously.
            socket.Poll(Timeout.InfiniteTimeSpan, SelectMode.SelectRead);
            (_start, _end) = (0, socket.Receive(_buffer));
        }

        int count = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
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

    /// <summary>Has whoever reads or writes find the connection ended; from any thread. What was written is sent.</summary>
    internal void Interrupt()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    /// <summary>How many bytes have come from the other side, or got to it while more wait behind them; 0 if it can't be told. For one thread.</summary>
    /// <remarks>What does not wait proves nothing: the system at the other side takes it also where nobody is left to read it.</remarks>
    internal long Moved()
    {
        Span<byte> info = stackalloc byte[InfoSize];
        try
        {
            if (socket.GetRawSocketOption(TcpLevel, Info, info) < InfoSize)
            {
                return 0;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return 0; // the connection has ended
        }

        if ((BitConverter.ToInt32(info[Unacknowledged..]) | BitConverter.ToInt32(info[NotSent..])) != 0)
        {
            _carried = BitConverter.ToInt64(info[BytesAcknowledged..]);
        }

        return _carried + BitConverter.ToInt64(info[BytesReceived..]);
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
        private volatile PromptStream? _last; // which is the client's

        /// <summary>Connects before it returns.</summary>
        public Task<Stream> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
        {
            var target = (DnsEndPoint)endPoint;
            IPAddress[] addresses = Dns.GetHostAddressesAsync(target.Host, cancellationToken).GetAwaiter().GetResult();
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                using CancellationTokenRegistration end = cancellationToken.UnsafeRegister(static socket => ((Socket)socket!).Dispose(), socket);
                // Not asynchronously: the runtime's socket thread would be woken by all that comes from then on.
                socket.Connect(addresses, target.Port);
                var stream = new PromptStream(socket, bufferSize);
                _last = stream;
                return Task.FromResult<Stream>(stream);
            }
            catch
            {
                socket.Dispose();
                cancellationToken.ThrowIfCancellationRequested();
                throw;
            }
        }

        /// <summary>Ends the stream that was made last.</summary>
        internal void Interrupt() => _last?.Interrupt();

        /// <summary>How many bytes have moved on the stream that was made last, either way.</summary>
        internal long Moved() => _last?.Moved() ?? 0;
    }
}
