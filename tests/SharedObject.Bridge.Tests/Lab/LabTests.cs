using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using SharedObjects.Tests.Support;

namespace SharedObjects.Bridging.Tests.Lab;

/// <summary>The lab itself: that what its tests rest on is so.</summary>
public sealed class LabTests : LabTest
{
    [Fact]
    public void Each_host_has_shared_memory_of_its_own()
    {
        PythonPeer onA = PythonOn(A), onB = PythonOn(B);
        onA.Open("x", Name(), 1.5);
        LabProcess reader = B.Start(Programs.Peer("numbers", Name("n"), "2", "make")).Hear("ready");

        Assert.Equal([Name()], A.Names());
        Assert.Equal([Name("n0"), Name("n1")], B.Names());
        Assert.False((bool)onB.Run("exists", ("name", Name()))!);
        Assert.False(File.Exists(Segments.Path(Name())));
        Assert.Equal(1.5, BitConverter.ToDouble(A.TryRead(Name())!, 9));
        Assert.Null(B.TryRead(Name()));
        Assert.True(reader.MemoryInUse > 1 << 20);
    }

    [Fact]
    public void A_reader_tells_blocks_that_are_late_or_broken()
    {
        LabProcess writer = A.Start(Programs.Peer("write", Name() + ":5000:500")).Hear("ready");
        LabProcess reader = A.Start(Programs.Peer("read", Name())).Hear("ready");
        writer.Ask("go");
        Assert.Equal("done", reader.Ask($"until {Name()} 100"));
        long count = (long)JsonNode.Parse(writer.Ask("stop"))![Name()]!;
        Assert.Equal("done", reader.Ask($"until {Name()} {count}"));
        JsonNode seen = reader.AskJson("report")[Name()]!;
        Assert.Equal((count, 0, 0), ((long)seen["last"]!, (int)seen["broken"]!, (int)seen["disorder"]!));

        // A block whose number and content do not fit, and an older one.
        PythonPeer python = PythonOn(A);
        python.Open("x", Name());
        python.Assign("x", NDArray.Create(new byte[5000], 5000));
        Until(() => (int)(seen = reader.AskJson("report")[Name()]!)["disorder"]! == 1);
        byte[] broken = new byte[5000];
        broken[0] = 1;
        python.Assign("x", NDArray.Create(broken, 5000));
        Until(() => (int)(seen = reader.AskJson("report")[Name()]!)["broken"]! == 1);
    }

    [Fact]
    public void All_processes_die_with_the_first_one()
    {
        using var first = new LabProcess(Namespaces.Make(), "sh", "-c", "echo ready && exec cat");
        first.Hear("ready");
        using var host = new LabHost(first.Id, "host", "1m");
        string[] folders = [.. new[] { host.Id, host.Start("sleep", "1000").Id }.Select(id => $"/proc/{id}")];
        Assert.All(folders, folder => Assert.True(Directory.Exists(folder)));

        first.Dispose();

        Until(() => !folders.Any(Directory.Exists));
    }

    [Fact]
    public void A_link_delays_limits_stalls_and_cuts()
    {
        const int Port = 7000;
        string script = Path.Combine(AppContext.BaseDirectory, "echo.py");
        LabProcess server = Lab.BrokerHost.Start(Python.Executable, script, "serve", $"{Port}").Hear("ready");
        var link = new LabLink(Lab, Port, Port);
        LabProcess client = A.Start(Python.Executable, script, "call", NetworkLab.WireFromA, $"{Port}").Hear("ready");
        double Echo(int size) => double.Parse(client.Ask($"{size}"), System.Globalization.CultureInfo.InvariantCulture);

        Echo(100_000);
        Assert.Equal((100_000, 100_000), link.Bytes);

        // Least times only: what a link adds is a promise, how fast the machine is is none.
        link.Delay(40, jitterMs: 5);
        Assert.InRange(Echo(1), 0.078, 20);
        link.Delay(0);
        link.Rate(200_000);
        Assert.InRange(Echo(100_000), 0.45, 20);
        link.Rate(0);
        link.Loss(100, stallMs: 50);
        Assert.InRange(Echo(1), 0.095, 20);
        link.Loss(0, 0);

        link.Stall();
        client.Tell("1000");
        Assert.Equal((201_002, 201_002), (link.Bytes.There + 1000, link.Bytes.Back + 1000));
        link.Go();
        client.Hear();
        Assert.Equal((201_002, 201_002), link.Bytes);

        link.Refuse();
        link.Reset();
        Assert.Equal("lost", client.Ask("1000"));
        Assert.Equal("refused", client.Ask("connect"));
        link.Accept();
        Assert.Equal("connected", client.Ask("connect"));
        Echo(1000);

        Lab.Plug(A, isIn: false);
        Lab.Plug(A, isIn: true);
        Assert.Equal("ready", server.Ask("how are you"));
    }

    [Fact]
    public void A_broker_that_is_killed_comes_back_and_has_forgotten()
    {
        var broker = new LabBroker(Lab);
        broker.Kill();
        broker.Start();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(broker.Socket));
    }
}
