using System;
using System.Diagnostics;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using SharedObjects.Bridging.Tests.Lab;

namespace SharedObjects.Bridging.Tests.Scenarios;

/// <summary>Brokers that die, links that drop, stall and are cut: it goes on by itself, and the newest values arrive.</summary>
public sealed class OutageTests : LabTest
{
    /// <summary>The bar of the project for a broker's return; what a test may assert about time, as it is seconds.</summary>
    private static readonly TimeSpan Bar = TimeSpan.FromSeconds(5);

    [Fact]
    public void A_broker_that_is_killed_ten_times_is_found_again_within_5_seconds_of_its_return()
    {
        var broker = new LabBroker(Lab);
        LabProcess writer = Write(A, Name() + ":1000:100");
        BridgeOnA("--publish", Name("*")).UntilConnected();
        LabBridge far = BridgeOnB("--subscribe", Name("*")).UntilConnected();
        LabProcess reader = Read(B, Name());
        writer.Ask("go");
        reader.Ask($"until {Name()} 10");

        for (int i = 0; i < 10; i++)
        {
            broker.Kill();
            Thread.Sleep(100 * i); // from at once to long enough for waits between tries to have grown
            broker.Start();
            long returned = Stopwatch.GetTimestamp();
            long next = CountOf(writer) + 1;
            reader.Ask($"until {Name()} {next}");
            TimeSpan took = Stopwatch.GetElapsedTime(returned);
            Assert.True(took < Bar, $"the value after return {i} came after {took}\n{far}");
        }

        Assert.True((long)far.Until(static far => (long)far.Status!["disconnects"]! >= 10).Status!["disconnects"]! >= 10);
        ExpectWhole(reader.AskJson("report")[Name()]!);
    }

    [Theory]
    [InlineData("stall", true)]
    [InlineData("stall", false)]
    [InlineData("reset", true)]
    [InlineData("reset", false)]
    [InlineData("refuse", true)]
    [InlineData("refuse", false)]
    public void A_link_that_fails_leaves_the_newest_values_on_the_far_side(string failure, bool atWriter)
    {
        _ = new LabBroker(Lab);
        var link = new LabLink(Lab, 1884);
        LabProcess writer = Write(A, Name("state") + ":1000:200", Name("still") + ":100:1", Name("image") + ":200000:20");
        string viaLink = LabBridge.Address(atWriter ? NetworkLab.WireFromA : NetworkLab.WireFromB, link.Port);
        // A keep-alive of a second, so that a stall is noticed in a test's time.
        string config = FileOf("bridge.json", """{ "keepAlive": "00:00:01" }""");
        string[] publish = ["--publish", Name("*"), "--config", config], subscribe = ["--subscribe", Name("*"), "--config", config];
        LabBridge near = (atWriter ? Bridge(A, viaLink, publish) : BridgeOnA(publish)).UntilConnected();
        LabBridge far = (atWriter ? BridgeOnB(subscribe) : Bridge(B, viaLink, subscribe)).UntilConnected();
        LabBridge failing = atWriter ? near : far;
        LabProcess reader = Read(B, Name("state"), Name("still"), Name("image"));
        reader.Ask($"until {Name("still")} 1");
        writer.Ask("go");
        reader.Ask($"until {Name("image")} 5");

        switch (failure)
        {
            case "stall":
                link.Stall();
                failing.Until(static bridge => (string)bridge.Status!["connection"]! != "connected");
                link.Go();
                break;
            case "refuse":
                link.Refuse();
                link.Reset();
                failing.Until(static bridge => (string)bridge.Status!["connection"]! != "connected" && bridge.Status["problem"] is not null);
                link.Accept();
                break;
            default:
                link.Reset();
                failing.Until(static bridge => (long)bridge.Status!["disconnects"]! > 0);
                break;
        }

        JsonNode counts = JsonNode.Parse(writer.Ask("count"))!;
        foreach (string label in (string[])["state", "still", "image"])
        {
            // What is being written goes on, and what is written once a second has its newest value there.
            reader.Ask($"until {Name(label)} {(long)counts[Name(label)]!}");
        }

        counts = JsonNode.Parse(writer.Ask("stop"))!;
        foreach (string label in (string[])["state", "still", "image"])
        {
            reader.Ask($"until {Name(label)} {(long)counts[Name(label)]!}");
            ExpectWhole(reader.AskJson("report")[Name(label)]!);
        }

        far.UntilConnected();
        near.UntilConnected();
    }

    [Fact]
    public void A_cable_that_is_taken_out_for_seconds_is_no_end()
    {
        _ = new LabBroker(Lab);
        LabProcess writer = Write(A, Name() + ":1000:100");
        string config = FileOf("bridge.json", """{ "keepAlive": "00:00:01" }""");
        BridgeOnA("--publish", Name("*"), "--config", config).UntilConnected();
        LabBridge far = BridgeOnB("--subscribe", Name("*"), "--config", config).UntilConnected();
        LabProcess reader = Read(B, Name());
        writer.Ask("go");
        reader.Ask($"until {Name()} 10");

        Lab.Plug(B, isIn: false);
        far.Until(static far => (string)far.Status!["connection"]! != "connected");
        Assert.NotNull(far.Status!["problem"]);
        Lab.Plug(B, isIn: true);

        long next = CountOf(writer) + 1;
        reader.Ask($"until {Name()} {next}");
        ExpectWhole(reader.AskJson("report")[Name()]!);
    }

    [Fact]
    public void A_bridge_that_is_killed_and_started_again_brings_the_newest_values_and_fires_no_trigger()
    {
        _ = new LabBroker(Lab);
        LabProcess writer = Write(A, Name("x") + ":100:100");
        var pythonOnA = PythonOn(A);
        pythonOnA.Open("t", Name("trigger"));
        BridgeOnA("--publish", Name("*")).UntilConnected();
        LabBridge far = BridgeOnB("--subscribe", Name("*")).UntilConnected();
        LabProcess reader = Read(B, Name("x"));
        reader.Ask($"until {Name("x")} 1");
        var pythonOnB = PythonOn(B);
        Until(() => B.Has(Name("trigger")));
        pythonOnB.Open("t", Name("trigger"));
        Assert.False(pythonOnB.Triggered("t"));
        pythonOnA.Trigger("t");
        Until(() => pythonOnB.Triggered("t"));

        far.Kill();
        writer.Ask("go");
        LabBridge again = BridgeOnB("--subscribe", Name("*")).UntilConnected();
        reader.Ask($"until {Name("x")} {CountOf(writer) + 1}");
        again.Until(bridge => bridge[Name("trigger")] is not null);

        Assert.False(pythonOnB.Triggered("t"));
        pythonOnA.Trigger("t");
        Until(() => pythonOnB.Triggered("t"));
    }

    private static long CountOf(LabProcess writer) => JsonNode.Parse(writer.Ask("count"))!.AsObject().Max(static item => (long)item.Value!);

    /// <summary>No value was older than one before it, and none was made of parts of two.</summary>
    private static void ExpectWhole(JsonNode report) =>
        Assert.Equal((0, 0, null), ((int)report["disorder"]!, (int)report["broken"]!, (string?)report["failure"]));
}
