using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using SharedObjects.Bridging.Tests.Lab;
using SharedObjects.Tests.Support;

namespace SharedObjects.Bridging.Tests.Scenarios;

/// <summary>Whoever may write to the broker may send anything: it is refused, counted, said, and does nothing.</summary>
public sealed class HostileTests : LabTest
{
    private const string Hex = "0123456789abcdef", FirstNumber = "1000";

    [Fact]
    public void Messages_that_are_wrong_change_nothing_on_the_far_side()
    {
        var broker = new LabBroker(Lab);
        RawMqtt raw = RawMqtt.Connect(Lab, broker, "#");
        PythonPeer onA = PythonOn(A), onB = PythonOn(B);
        onA.Open("x", Name("good"), NDArray.Create<double>([1, 2, 3], 3));
        LabBridge near = BridgeOnA("--publish", Name("good")).UntilConnected();
        LabBridge far = BridgeOnB("--subscribe", Name("*"), "--max-size", "1000000").UntilConnected();
        Until(() => B.Has(Name("good")));
        RawMqtt.Message good = raw.Messages.First(message => message.Topic.EndsWith(Name("good"), StringComparison.Ordinal) && message.Payload.Length > 0);
        onB.Open("x", Name("good"));
        byte[] before = B.TryRead(Name("good"))!;

        near.Stop(); // its objects are free for another origin: what follows is refused for what it is
        long refused = 0, sequence = 1000;
        foreach ((string what, RawMqtt.Message message) in Wrong(good))
        {
            // Each with a number of its own: what is not newer is left aside, and is not looked at.
            raw.Publish(message["seq"] == FirstNumber ? message.With("seq", $"{++sequence}") : message);
            far.Until(bridge => RefusedBy(bridge) > refused, what);
            refused = RefusedBy(far);
            Assert.Equal([Name("good")], B.Names());
        }

        // Larger than what the bridge has told the broker that it takes: nothing comes of it, not even a refusal.
        raw.Publish(good with { Payload = new byte[2_000_000] });
        raw.Publish(good.Topic.Replace("swift", "bulk", StringComparison.Ordinal), new byte[2_000_000], retain: true, good.Properties);
        Assert.Equal(before, B.TryRead(Name("good")));
        Assert.InRange(far.Log.Split('\n').Length, 1, 100);

        // And what is right goes on.
        RawMqtt.Message next = good.With("origin", "00000000000000aa").With("seq", "2000").With("mtime", $"{long.Parse(good["mtime"]!, CultureInfo.InvariantCulture) + 1}");
        raw.Publish(next with { Payload = [.. good.Payload[..^8], .. BitConverter.GetBytes(7.0)] });
        Until(() => JsonForm.SameBits(NDArray.Create<double>([1, 2, 7], 3), onB.Fetch("x")));
    }

    [Fact]
    public void A_flood_makes_nothing_and_takes_no_memory_and_what_is_right_goes_on_beside_it()
    {
        const int Messages = 20_000;
        var broker = new LabBroker(Lab);
        RawMqtt raw = RawMqtt.Connect(Lab, broker);
        LabProcess writer = Write(A, Name("good") + ":1000:100");
        BridgeOnA("--publish", Name("good")).UntilConnected();
        LabBridge far = BridgeOnB("--subscribe", Name("*")).UntilConnected();
        LabProcess reader = Read(B, Name("good"));
        writer.Ask("go");
        reader.Ask($"until {Name("good")} 100");
        long memory = far.MemoryInUse;

        for (int i = 0; i < Messages; i++)
        {
            raw.Publish($"sharedobjects/v1/swift/{Name("flood")}{i}", new byte[500], retain: false, ("origin", "00000000000000aa"), ("seq", $"{i}"));
        }

        far.Until(static bridge => RefusedBy(bridge) >= Messages / 2); // the broker drops some of what is sent faster than it is taken
        long count = (long)System.Text.Json.Nodes.JsonNode.Parse(writer.Ask("count"))![Name("good")]!;
        reader.Ask($"until {Name("good")} {count + 1}");
        Assert.Equal([Name("good")], B.Names());
        Assert.InRange(far.MemoryInUse - memory, long.MinValue, 64L << 20);
        Assert.InRange(far.Log.Length, 0, 200_000); // there is an end to what is said, too
        Assert.InRange(far.Status!["objects"]!.AsArray().Count, 1, 2000);
    }

    private static long RefusedBy(LabBridge bridge) =>
        (long)bridge.Status!["refused"]! + bridge.Status["objects"]!.AsArray().Sum(static item => (long)item!["refused"]!);

    private IEnumerable<(string What, RawMqtt.Message Message)> Wrong(RawMqtt.Message good)
    {
        RawMqtt.Message other = good.With("origin", "00000000000000aa").With("seq", FirstNumber) with { Retain = false };
        string lane = other.Topic[..(other.Topic.LastIndexOf('/') + 1)];
        foreach (string name in (string[])["..", ".", "%2e%2e", "%2F", "..%2Fetc", "a%00b", "%", "%zz", new string('x', 300), ""])
        {
            yield return ($"the name {name}", other with { Topic = lane + name });
        }

        yield return ("no payload that a lane has", other with { Topic = lane + Name("empty"), Payload = [1] });
        foreach (int size in (int[])[1, 8, 9, 17, good.Payload.Length - 1])
        {
            yield return ($"{size} bytes", other with { Payload = good.Payload[..size] });
        }

        yield return ("a byte too many", other with { Payload = [.. good.Payload, 0] });
        foreach ((int offset, byte value) in ((int, byte)[])[(8, 77), (9, 99), (10, 200), (17, 255), (25, 255)])
        {
            byte[] payload = [.. good.Payload];
            payload[offset] = value;
            yield return ($"{value} at {offset}", other with { Payload = payload });
        }

        foreach ((string name, _) in good.Properties)
        {
            yield return ($"no {name}", other with { Properties = [.. other.Properties.Where(item => item.Name != name)] });
            yield return ($"an empty {name}", other.With(name, ""));
            yield return ($"letters as {name}", other.With(name, "none of your business"));
            yield return ($"a long {name}", other.With(name, new string('9', 60)));
        }

        yield return ("another layout's hash", other.With("schema", new string([.. other["schema"]!.Select(static digit => Hex[(Hex.IndexOf(digit, StringComparison.Ordinal) + 1) % 16])])));
        yield return ("compressed by something unknown", other with { Properties = [.. other.Properties, ("encoding", "lzma"), ("length", $"{other.Payload.Length}")] });
        yield return ("compressed, and is not", other with { Properties = [.. other.Properties, ("encoding", "zstd"), ("length", $"{other.Payload.Length}")] });
        yield return ("compressed, and would be huge", other with { Properties = [.. other.Properties, ("encoding", "zstd"), ("length", "9000000000000")] });
    }
}
