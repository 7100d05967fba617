using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CsCheck;
using SharedObjects.Bridging.Publishing;
using SharedObjects.Bridging.Tests.Support;
using SharedObjects.Bridging.Wire;

namespace SharedObjects.Bridging.Tests.Library;

/// <summary>What comes in: sent by a client that says what it likes.</summary>
public sealed class ReceiveTests : BridgeTest
{
    private string Swift => $"test/v1/swift/{Name()}";

    [Fact]
    public void A_value_makes_a_segment_and_later_ones_are_written_into_it()
    {
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options => options.Subscribe.Add(Name("*")));

        new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), 1.5)).Send(client, Swift);
        Until(() => SharedObject.Exists(Name()));
        using SharedObject<double> here = SharedObject.Open<double>(Name());
        Assert.Equal(1.5, here.Fetch());
        Assert.InRange(here.Age, TimeSpan.Zero, TimeSpan.FromMinutes(2)); // of this host's clock: the origin's said 1970
        new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), 2.5)) { Sequence = 2, Mtime = 2_000_000 }.Send(client, Swift);

        here.Wait();
        Assert.Equal(2.5, here.Fetch());
        Assert.True(here.IsLinked);
        Until(() => Find(bridge, Name()) is { Values: 2, Size: 17, Direction: BridgeDirection.Subscribe, Origin: "123456789abcdef0", Problem: null });
        Assert.Single(Log.Of(BridgeEventIds.Made, Name()));
    }

    [Fact]
    public void Receipts_are_sent_for_all_that_came()
    {
        using var client = new TestClient(Broker.Address);
        Start(options => options.Subscribe.Add(Name("*")));
        var message = new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), 1.5)) { Sequence = 41 };
        string receipts = $"test/v1/receipt/{message.OriginText}";

        message.Send(client, Swift);
        (message with { Sequence = 42, Instead = [("schema", "0000000000000000")] }).Send(client, Swift); // refused, and not to be waited for

        Until(() => client.Heard(receipts).SelectMany(receipt => Receipt.Parse(receipt.Payload.FirstSpan, out _)!).Contains(new KeyValuePair<string, ulong>(Name(), 42)));
    }

    [Fact]
    public void Older_ones_and_the_same_one_again_are_not_written()
    {
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options => options.Subscribe.Add(Name("*")));
        var message = new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), 5L)) { Sequence = 10 };
        message.Send(client, Swift);
        Until(() => SharedObject.Exists(Name()));
        using SharedObject<long> here = SharedObject.Open<long>(Name());
        long stamp = here.Timestamp;

        (message with { Payload = ObjectMessage.BytesOf(Name("scratch"), 6L), Sequence = 9, Mtime = 9_000_000 }).Send(client, Swift); // older
        (message with { Sequence = 11 }).Send(client, Swift); // sent again, as after a reconnect
        (message with { Origin = 77, Sequence = 1 }).Send(client, Swift); // by a bridge that was restarted
        new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), 7L)) { Origin = 77, Sequence = 2, Mtime = 3 }.Send(client, $"test/v1/swift/{Name("mark")}");

        Until(() => SharedObject.Exists(Name("mark")));
        Assert.Equal((5, stamp), (here.Fetch(), here.Timestamp));
        Assert.Equal(3, Find(bridge, Name())!.Values);
    }

    [Fact]
    public void Only_names_that_were_asked_for_are_made()
    {
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options => options.Subscribe.Add(Name("a*")));
        byte[] bytes = ObjectMessage.BytesOf(Name("scratch"), 1L);
        foreach (string level in (string[])[Name("b"), "..", ".", "%2E%2E", $"..%2F{Name("a")}", "%2Fdev%2Fshm%2Fx", $"{Name("a")}%00", "", $"{Name("a")}{new string('x', 300)}"])
        {
            new ObjectMessage(bytes).Send(client, $"test/v1/swift/{level}");
        }

        new ObjectMessage(bytes).Send(client, $"test/v1/swift/{Name("a1")}/more");
        new ObjectMessage(bytes).Send(client, $"test/v1/swift/{Name("a2")}");

        Until(() => SharedObject.Exists(Name("a2")));
        Assert.Equal([Name("a2")], Directory.GetFiles("/dev/shm", Name("*")).Select(Path.GetFileName));
        Assert.Equal(Name("a2"), Assert.Single(bridge.GetStatus().Objects).Name);
        Assert.InRange(bridge.GetStatus().Refused, 5, 9);
    }

    public static TheoryData<string, string?> BadProperties => new()
    {
        { "v", "2" }, { "v", null }, { "origin", "12" }, { "seq", null }, { "mtime", "x" }, { "schema", "0000000000000000" }, { "schema", null },
        { "encoding", "zstd" }, { "encoding", "lz4" },
    };

    [Theory]
    [MemberData(nameof(BadProperties))]
    public void Messages_with_wrong_properties_are_refused(string name, string? value)
    {
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options => options.Subscribe.Add(Name("*")));
        byte[] bytes = ObjectMessage.BytesOf(Name("scratch"), 1L);

        new ObjectMessage(bytes) { Instead = [(name, value)] }.Send(client, Swift);
        new ObjectMessage(bytes).Send(client, $"test/v1/swift/{Name("mark")}");

        Until(() => SharedObject.Exists(Name("mark")));
        Assert.False(SharedObject.Exists(Name()));
        Assert.Equal(1, bridge.GetStatus().Refused + (Find(bridge, Name())?.Refused ?? 0));
        Assert.Single(Log.Of(BridgeEventIds.Refused, Name()));
    }

    [Fact]
    public void Payloads_that_are_no_objects_are_refused_and_said_once()
    {
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options =>
        {
            options.Subscribe.Add(Name("*"));
            options.MaxSizes[Name("*")] = 1000;
        });
        byte[] bytes = ObjectMessage.BytesOf(Name("scratch"), 1L);
        byte[][] bad =
        [
            [1], new byte[8], [.. bytes, 0], bytes[..^1], [.. bytes[..8], 200, .. bytes[9..]], [.. bytes, .. new byte[2000]],
            [.. bytes[..8], 9, 0, .. BitConverter.GetBytes(1L), .. BitConverter.GetBytes(long.MaxValue), 0], // an array of 2^63 elements
            [.. bytes[..8], 10, .. BitConverter.GetBytes(-1L)], // a dict longer than all memory
            new Packer().TryPack(new byte[5000])!.Value.ToArray(),
        ];

        ulong sequence = 0;
        foreach (byte[] payload in bad)
        {
            new ObjectMessage(payload) { Sequence = ++sequence }.Send(client, Swift);
            new ObjectMessage(payload) { Sequence = ++sequence }.Send(client, Swift);
        }

        new ObjectMessage(new Packer().TryPack(new byte[5000])!.Value.ToArray()) { Sequence = ++sequence, Instead = [("encoding", "zstd"), ("length", "900")] }.Send(client, Swift);
        new ObjectMessage(new Packer().TryPack(new byte[5000])!.Value.ToArray()) { Sequence = ++sequence, Instead = [("encoding", "zstd"), ("length", "2000000000")] }.Send(client, Swift);
        Until(() => Find(bridge, Name())?.Refused == (2 * bad.Length) + 2);
        Assert.False(SharedObject.Exists(Name()));
        Assert.InRange(Log.Of(BridgeEventIds.Refused, Name()).Length, 5, bad.Length + 2);
        new ObjectMessage(bytes) { Sequence = ++sequence }.Send(client, Swift);
        Until(() => SharedObject.Exists(Name()));
    }

    /// <remarks>Some make objects: a changed number is a number. None ends the bridge, or makes what is no object.</remarks>
    [Fact]
    public void Whatever_is_changed_in_a_message_the_bridge_goes_on_and_makes_objects_only()
    {
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options => options.Subscribe.Add(Name("*")));
        var dict = new SharedDict { { "a", 1L }, { "b", "text" }, { "c", SharedList.Create(1L, 2L) }, { "d", NDArray.Create<double>([1, 2, 3, 4], 2, 2) } };
        byte[] bytes = ObjectMessage.BytesOf<object?>(Name("scratch"), dict);
        ulong sequence = 0;

        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte, Gen.Int[-3, 3]).Sample((at, value, longer) =>
        {
            byte[] changed = [.. bytes];
            changed[at] = value;
            Array.Resize(ref changed, changed.Length + longer);
            new ObjectMessage(changed) { Sequence = ++sequence, Mtime = sequence }.Send(client, $"test/v1/swift/{Name("f" + (sequence % 20))}");
        }, iter: 400, threads: 1);
        new ObjectMessage(bytes).Send(client, $"test/v1/swift/{Name("mark")}");

        Until(() => SharedObject.Exists(Name("mark")));
        foreach (string file in Directory.GetFiles("/dev/shm", Name("f*")))
        {
            using SharedObject<object?> made = SharedObject.OpenAny(Path.GetFileName(file)); // its layout is checked
        }

        Assert.Equal(BridgeConnection.Connected, bridge.GetStatus().Connection);
        Assert.Equal(0, bridge.GetStatus().Disconnects);
    }

    [Fact]
    public void One_stuck_object_does_not_delay_another_and_gets_its_newest_value_when_it_can()
    {
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options => options.Subscribe.Add(Name("*")));
        var message = new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), 0L));
        message.Send(client, Swift);
        Until(() => SharedObject.Exists(Name()));
        using SharedObject<long> here = SharedObject.Open<long>(Name());
        using (here.EnterReadLock())
        {
            for (ulong i = 2; i <= 10; i++)
            {
                new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), (long)i)) { Sequence = i, Mtime = i }.Send(client, Swift);
            }

            (message with { Origin = 5 }).Send(client, $"test/v1/swift/{Name("other")}");
            Until(() => SharedObject.Exists(Name("other")));
            Assert.Equal(0, here.Fetch());
        }

        Until(() => here.Fetch() == 10);
        Assert.True(Find(bridge, Name())!.Superseded > 0);
    }

    [Fact]
    public void An_object_of_another_layout_is_left_alone_unless_this_bridge_has_made_it()
    {
        using SharedObject<string> local = SharedObject.Publish(Name("local"), "mine");
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options => options.Subscribe.Add(Name("*")));
        byte[] number = ObjectMessage.BytesOf(Name("scratch"), 1L), real = ObjectMessage.BytesOf(Name("scratch"), 2.5);
        string localTopic = $"test/v1/swift/{Name("local")}";

        new ObjectMessage(number).Send(client, localTopic);
        Until(() => Find(bridge, Name("local"))?.Problem is { } problem && problem.Contains("sharedobj rm", StringComparison.Ordinal));
        Assert.Equal("mine", local.Fetch());
        new ObjectMessage(number).Send(client, Swift);
        Until(() => SharedObject.Exists(Name()));
        new ObjectMessage(real) { Sequence = 2, Mtime = 2 }.Send(client, Swift);

        Until(() => Find(bridge, Name()) is { Values: 2, Problem: null });
        using SharedObject<double> made = SharedObject.Open<double>(Name());
        Assert.Equal(2.5, made.Fetch());
        local.Unlink(); // as the problem says
        new ObjectMessage(real) { Sequence = 2, Mtime = 2 }.Send(client, localTopic);
        Until(() => Find(bridge, Name("local")) is { Problem: null });
        using SharedObject<double> second = SharedObject.Open<double>(Name("local"));
        Assert.Equal(2.5, second.Fetch());
    }

    [Fact]
    public void An_object_that_is_there_with_the_same_layout_is_used_and_others_that_write_it_are_named()
    {
        using SharedObject<long> local = SharedObject.Publish(Name(), 3L);
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options => options.Subscribe.Add(Name("*")));
        new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), 4L)).Send(client, Swift);
        Until(() => local.Fetch() == 4);
        Assert.Empty(Log.Of(BridgeEventIds.ForeignWriter));

        local.Assign(100);
        new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), 5L)) { Sequence = 2, Mtime = 2 }.Send(client, Swift);

        Until(() => local.Fetch() == 5);
        Until(() => Find(bridge, Name())?.Problem is not null && Log.Of(BridgeEventIds.ForeignWriter).Length > 0);
        Assert.Single(Log.Of(BridgeEventIds.ForeignWriter, Name()));
    }

    [Fact]
    public void A_segment_that_was_removed_here_is_made_again()
    {
        using var client = new TestClient(Broker.Address);
        Start(options => options.Subscribe.Add(Name("*")));
        new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), 4L)).Send(client, Swift);
        Until(() => SharedObject.Exists(Name()));

        SharedObject.Unlink(Name());
        new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), 5L)) { Sequence = 2, Mtime = 2 }.Send(client, Swift);

        Until(() => SharedObject.Exists(Name()));
        using SharedObject<long> again = SharedObject.Open<long>(Name());
        Assert.Equal(5, again.Fetch());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_removed_at_its_origin_is_removed_here_where_that_is_asked_for(bool clears)
    {
        using SharedObject<long> local = SharedObject.Publish(Name("local"), 3L);
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options =>
        {
            options.Subscribe.Add(Name("*"));
            options.ClearRemoved = clears;
        });
        foreach (string name in (string[])[Name(), Name("local")])
        {
            new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), 4L)).Send(client, $"test/v1/swift/{name}");
            Until(() => Find(bridge, name) is { Values: 1 } && SharedObject.Exists(name));
            client.Send($"test/v1/swift/{name}", [], retain: true); // by hand
            client.Send($"test/v1/swift/{name}", [], retain: true, ("v", "1"), ("origin", "00000000000000ff"), ("seq", "9"), ("removed", "1")); // by another
            client.Send($"test/v1/swift/{name}", [], retain: true, ("v", "1"), ("origin", "123456789abcdef0"), ("seq", "2"), ("removed", "0")); // it has moved
            client.Send($"test/v1/swift/{name}", [], retain: true, ("v", "1"), ("origin", "123456789abcdef0"), ("seq", "3"), ("removed", "1"));
            Until(() => Find(bridge, name)?.Problem?.Contains("removed at its origin", StringComparison.Ordinal) == true);
        }

        Assert.Equal(!clears, SharedObject.Exists(Name()));
        Assert.True(SharedObject.Exists(Name("local"))); // which was there before
        Until(() => Log.Of(BridgeEventIds.RemovedAtOrigin).Length == 2); // said after the status has it
        new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), 5L)) { Sequence = 4, Mtime = 4 }.Send(client, Swift);
        Until(() => SharedObject.Exists(Name()) && SharedObject.OpenAny(Name()).Fetch() is 5L);
    }

    [Fact]
    public void A_trigger_is_triggered_here_and_not_again_when_it_is_sent_again()
    {
        using SharedTrigger scratch = SharedTrigger.OpenOrCreate(Name("scratch"));
        byte[] bytes = ObjectMessage.BytesOf(Name("scratch"));
        using var client = new TestClient(Broker.Address);
        Start(options => options.Subscribe.Add(Name("*")));
        new ObjectMessage(bytes) { Mtime = 0 }.Send(client, Swift);
        Until(() => SharedObject.Exists(Name()));
        using SharedTrigger here = SharedTrigger.Open(Name());
        Assert.Equal(0, here.Timestamp);

        new ObjectMessage(bytes) { Sequence = 2, Mtime = 100 }.Send(client, Swift);
        here.Wait();
        long first = here.Timestamp;
        new ObjectMessage(bytes) { Sequence = 3, Mtime = 100 }.Send(client, Swift);
        new ObjectMessage(bytes) { Sequence = 3, Mtime = 100 }.Send(client, $"test/v1/swift/{Name("mark")}");

        Until(() => SharedObject.Exists(Name("mark")));
        Assert.Equal(first, here.Timestamp);
    }

    [Fact]
    public void Values_that_were_kept_at_the_broker_come_when_a_bridge_starts()
    {
        using (var client = new TestClient(Broker.Address))
        {
            var message = new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), 4L));
            client.Send(Swift, message.Payload, retain: true, message.Properties());
        }

        Start(options => options.Subscribe.Add(Name())); // by its name, without a '*'

        Until(() => SharedObject.Exists(Name()));
    }

    [Fact]
    public void A_thousand_objects_come_in()
    {
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options => options.Subscribe.Add(Name("*")));
        byte[] bytes = ObjectMessage.BytesOf(Name("scratch"), 4L);
        for (int i = 0; i < 1000; i++)
        {
            new ObjectMessage(bytes) { Sequence = (ulong)i + 1 }.Send(client, $"test/v1/swift/{Name("n" + i)}");
        }

        Until(() => Directory.GetFiles("/dev/shm", Name("n*")).Length == 1000);
        Assert.Equal(1000, bridge.GetStatus().Objects.Count);
    }
}
