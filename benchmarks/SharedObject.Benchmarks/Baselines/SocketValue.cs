using System;
using System.IO;
using System.Net.Sockets;

namespace SharedObjects.Benchmarks.Baselines;

/// <summary>
/// A value behind a Unix-domain socket: to read it, one byte is sent to the process that has it, and 64 come back.
/// </summary>
internal sealed class SocketValue : IDisposable
{
    internal const int Size = 64;

    private readonly Socket _listener = NewSocket();
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"so-bench-{Environment.ProcessId}.sock");
    private Socket? _connection;

    internal SocketValue()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.Listen();
    }

    /// <summary>Where the process that has the value must connect to.</summary>
    internal string Address => _path;

    /// <summary>The other process: answers until the connection ends.</summary>
    internal static void Serve(string path)
    {
        using Socket socket = NewSocket();
        socket.Connect(new UnixDomainSocketEndPoint(path));
        Span<byte> value = stackalloc byte[Size];
        Span<byte> request = stackalloc byte[1];
        while (socket.Receive(request) > 0)
        {
            socket.Send(value);
        }
    }

    internal void Accept() => _connection = _listener.Accept();

    internal void Read(Span<byte> value)
    {
        _connection!.Send([1]);
        for (int received = 0; received < Size;)
        {
            received += _connection.Receive(value[received..]);
        }
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _listener.Dispose();
        File.Delete(_path);
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
