using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace SharedObjects.Benchmarks.Bridge;

/// <summary>A mosquitto of this run's own, on a port of the loopback interface.</summary>
internal sealed class Broker : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _configuration = Path.GetTempFileName();
    private readonly Process _process;
    private readonly int _port;

    private Broker(string program)
    {
        _port = FreePort();
        // As this user: as root it would take its own, which can't read the file.
        File.WriteAllText(_configuration, $"listener {_port} 127.0.0.1\nallow_anonymous true\nuser {Environment.UserName}\nlog_type error\nset_tcp_nodelay true\n");
        _process = Process.Start(program, ["-c", _configuration]);
        long began = Stopwatch.GetTimestamp();
        while (!Listens())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new IOException("mosquitto does not listen");
            }

            Thread.Sleep(5);
        }
    }

    internal string Address => $"mqtt://127.0.0.1:{_port}";

    /// <summary>Starts it; null where there is none.</summary>
    internal static Broker? TryStart()
    {
        // Debian puts it where only root's path leads.
        string program = File.Exists("/usr/sbin/mosquitto") ? "/usr/sbin/mosquitto" : "mosquitto";
        try
        {
            return new Broker(program);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
        _process.Dispose();
        File.Delete(_configuration);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private bool Listens()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
