using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace SharedObjects.Bridging.Tests.Support;

/// <summary>A real broker with a configuration of its own, on a loopback port of its own; it can be stopped, killed and started again there.</summary>
internal sealed class Mosquitto : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30); // a guard: it starts within some ten milliseconds

    private readonly string _folder = Directory.CreateTempSubdirectory("so-test-mosquitto-").FullName;
    private readonly string _configuration;
    private readonly ConcurrentQueue<string> _log = new();
    private Process? _process;

    /// <summary>Starts a broker, and waits until it accepts connections.</summary>
    /// <param name="settings">
    /// Lines of its configuration. Without any it takes anybody. <c>{folder}</c> in it stands for <see cref="Folder"/>.
    /// </param>
    /// <param name="prepare">Puts files into <see cref="Folder"/> before it starts.</param>
    internal Mosquitto(string settings = "allow_anonymous true", Action<string>? prepare = null)
    {
        prepare?.Invoke(_folder);
        Port = FreePort();
        _configuration = Path.Combine(_folder, "mosquitto.conf");
        // As this user: it would change to its own one otherwise, which can't read the folder.
        File.WriteAllText(
            _configuration,
            $"listener {Port.ToString(CultureInfo.InvariantCulture)} 127.0.0.1\nuser {Environment.UserName}\n{settings.Replace("{folder}", _folder, StringComparison.Ordinal)}\n");
        Start();
    }

    internal int Port { get; }

    /// <summary>Its temporary folder.</summary>
    internal string Folder => _folder;

    internal Uri Address => new($"mqtt://127.0.0.1:{Port}");

    /// <summary>What it has logged.</summary>
    internal string Log => string.Join('\n', _log);

    /// <summary>Starts it again on the same port.</summary>
    internal void Start()
    {
        string program = File.Exists("/usr/sbin/mosquitto") ? "/usr/sbin/mosquitto" : "mosquitto"; // not in everybody's path
        var start = new ProcessStartInfo(program, ["-c", _configuration]) { RedirectStandardError = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _process.OutputDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        long began = Stopwatch.GetTimestamp();
        while (!Accepts())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > s_limit)
            {
                throw new InvalidOperationException($"mosquitto does not accept connections:\n{Log}");
            }

            Thread.Sleep(5);
        }
    }

    /// <summary>Ends it as a system does that shuts down.</summary>
    internal void Stop()
    {
        using (Process kill = Process.Start("kill", [_process!.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            kill.WaitForExit();
        }

        End();
    }

    /// <summary>Ends it with no chance to say or store anything.</summary>
    internal void Kill()
    {
        _process!.Kill();
        End();
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            Kill();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private void End()
    {
        _process!.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    private bool Accepts()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
