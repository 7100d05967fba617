using System;
using System.IO;
using System.Net.Sockets;
using System.Threading;

namespace SharedObjects.Bridging.Tests.Lab;

/// <summary>
/// mosquitto on the lab's broker host, on port 1883 of all its addresses, and for the test itself on a Unix socket: it is in no network of
/// the lab's, but the file system is one.
/// </summary>
internal sealed class LabBroker : IDisposable
{
    internal const int Port = 1883;

    private static readonly string s_program = File.Exists("/usr/sbin/mosquitto") ? "/usr/sbin/mosquitto" : "mosquitto"; // not in everybody's path

    private readonly LabHost _host;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("so-lab-");
    private readonly string _configuration;
    private LabProcess? _process;

    /// <summary>Starts it.</summary>
    /// <param name="lab">The lab, which ends it.</param>
    /// <param name="settings">More lines of its configuration, behind those of its listeners; by default anybody may do anything.</param>
    internal LabBroker(NetworkLab lab, string settings = "allow_anonymous true\n")
    {
        _host = lab.BrokerHost;
        // The broker's own user may look into it: as root, mosquitto gives its rights away.
        _configuration = Path.Combine(_folder.FullName, "mosquitto.conf");
        File.WriteAllText(_configuration, $"""
            user root
            persistence false
            log_type error
            log_type warning
            log_dest stderr
            max_queued_messages 1000
            per_listener_settings true
            listener 0 {Socket}
            allow_anonymous true
            listener {Port} 0.0.0.0
            {settings}
            """);
        lab.Keep(this);
        Start();
    }

    /// <summary>Where the test itself reaches it, as everybody.</summary>
    internal string Socket => Path.Combine(_folder.FullName, "s");

    /// <summary>Starts it, and waits until it listens.</summary>
    internal void Start()
    {
        File.Delete(Socket);
        _process = _host.Start(s_program, "-c", _configuration);
        while (!Listens())
        {
            Assert.False(_process.HasEnded, $"{_process} has ended");
            Thread.Sleep(2);
        }
    }

    /// <summary>Kills it: all that it knew is lost.</summary>
    internal void Kill()
    {
        _process!.Signal("KILL");
        _process.End();
    }

    public void Dispose()
    {
        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    private bool Listens()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(Socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
