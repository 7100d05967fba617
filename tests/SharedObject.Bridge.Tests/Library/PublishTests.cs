using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using MQTTnet;
using SharedObjects.Bridging.Receiving;
using SharedObjects.Bridging.Tests.Support;
using SharedObjects.Bridging.Wire;
using SharedObjects.Objects;
using SharedObjects.Wire;

namespace SharedObjects.Bridging.Tests.Library;

/// <summary>What goes out, as any client of the broker hears it.</summary>
public sealed class PublishTests : BridgeTest
{
    private string Swift => $"test/v1/swift/{Name()}";

    private string Bulk => $"test/v1/bulk/{Name()}";

    [Fact]
    public void A_value_goes_out_as_its_exact_bytes_and_is_kept()
    {
        using SharedObject<double> gripper = SharedObject.Publish(Name(), 0.08);
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options => options.Publish.Add(Name()));
        Until(() => client.Last(Swift) is not null);

        gripper.Assign(0.5);

        Until(() => BitConverter.ToDouble(client.Last(Swift)!.Payload.ToArray(), 9) == 0.5);
        MqttApplicationMessage message = client.Last(Swift)!;
        Assert.Equal(ObjectMessage.BytesOf(Name()), message.Payload.ToArray());
        Assert.Equal(gripper.Timestamp.ToString(CultureInfo.InvariantCulture), Property(message, "mtime"));
        Assert.Equal("1", Property(message, "v"));
        Assert.Equal(bridge.GetStatus().Origin, Property(message, "origin"));
        Assert.Equal(16, Property(message, "schema")!.Length);
        using var late = new TestClient(Broker.Address);
        Until(() => late.Last(Swift) is { Retain: true } kept && kept.Payload.ToArray().SequenceEqual(message.Payload.ToArray()));
        Until(() => Find(bridge, Name()) is { Values: >= 2, Size: 17, Problem: null, Age: not null, Direction: BridgeDirection.Publish });
    }

    [Fact]
    public void What_is_found_while_the_bridge_connects_is_sent_once_and_its_age_is_no_latency()
    {
        int repeated = 0;
        for (int i = 0; i < 20; i++)
        {
            string prefix = $"test{i}";
            using SharedObject<long> number = SharedObject.Publish(Name(), 1L);
            using var client = new TestClient(Broker.Address, $"{prefix}/v1/swift/#");
            MqttBridge bridge = Start(options =>
            {
                options.Publish.Add(Name());
                options.Prefix = prefix;
            });
            Until(() => Find(bridge, Name()) is { Values: >= 1 });
            Assert.Null(Find(bridge, Name())!.Latency);
            number.Assign(2);
            Until(() => client.Last($"{prefix}/v1/swift/{Name()}") is { } last && Number(last) == 2);
            repeated += client.Heard($"{prefix}/v1/swift/{Name()}").Length > 2 ? 1 : 0;
            Stop(bridge);
            number.Unlink();
        }

        // A value whose confirmation takes more than a second, as on a machine that is very busy, is sent again.
        Assert.InRange(repeated, 0, 3);
    }

    [Fact]
    public void Objects_that_are_made_later_go_out_and_others_never_do()
    {
        using var client = new TestClient(Broker.Address);
        Start(options => options.Publish.Add(Name("a*")));

        using SharedObject<long> other = SharedObject.Publish(Name("b"), 1L);
        using SharedObject<long> made = SharedObject.Publish(Name("a1"), 2L);

        Until(() => client.Last($"test/v1/swift/{Name("a1")}") is not null);
        Assert.Null(client.Last($"test/v1/swift/{Name("b")}"));
    }

    [Fact]
    public void One_that_was_never_assigned_waits_for_its_first_value_and_a_trigger_does_not()
    {
        byte[] bytes = ObjectMessage.BytesOf(Name("scratch"), 0L);
        using RawObject unassigned = RawObject.TryMake(Name("number"), SharedObjectOptions.Default, LayoutParser.Parse(bytes, out _)!, bytes, stamp: 0)!;
        using SharedObject<long> number = SharedObject.Open<long>(Name("number"));
        using SharedTrigger trigger = SharedTrigger.OpenOrCreate(Name("trigger"));
        using var client = new TestClient(Broker.Address);
        Start(options => options.Publish.Add(Name("*")));
        Until(() => client.Last($"test/v1/swift/{Name("trigger")}") is not null);
        Assert.Equal("0", Property(client.Last($"test/v1/swift/{Name("trigger")}")!, "mtime"));

        trigger.Trigger();
        Until(() => Property(client.Last($"test/v1/swift/{Name("trigger")}")!, "mtime") == trigger.Timestamp.ToString(CultureInfo.InvariantCulture));
        Assert.Empty(client.Heard($"test/v1/swift/{Name("number")}"));
        number.Assign(4);
        Until(() => client.Last($"test/v1/swift/{Name("number")}") is { } message && Number(message) == 4);
    }

    [Fact]
    public void Large_ones_take_the_other_lane_and_one_that_grows_changes_it()
    {
        SharedArray<byte> array = SharedArray<byte>.OpenOrCreate(Name(), [100]);
        array.Assign(new byte[100]);
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options => options.Publish.Add(Name()));
        Until(() => client.Last(Swift) is { Payload.Length: 126 });

        array.Unlink();
        array.Dispose();
        using SharedArray<byte> larger = SharedArray<byte>.OpenOrCreate(Name(), [100_000]);
        larger.Assign(new byte[100_000]);

        Until(() => client.Last(Bulk) is { Payload.Length: 100_026 });
        Until(() => client.Last(Swift) is { Payload.IsEmpty: true });
        Assert.Equal("0", Property(client.Last(Swift)!, "removed"));
        Until(() => Find(bridge, Name()) is { Size: 100_026, Problem: null });
    }

    [Fact]
    public void What_is_too_large_is_not_sent_and_said_once()
    {
        using SharedArray<byte> array = SharedArray<byte>.OpenOrCreate(Name("large"), [100_000]);
        using SharedArray<byte> small = SharedArray<byte>.OpenOrCreate(Name("small"), [1000]);
        array.Assign(new byte[100_000]);
        small.Assign(new byte[1000]);
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options =>
        {
            options.Publish.Add(Name("*"));
            options.MaxSizes[Name("*")] = 50_000;
        });
        Until(() => Find(bridge, Name("large")) is { Refused: 1, Problem: not null });

        array.Assign(new byte[100_000]);

        Until(() => Find(bridge, Name("large")) is { Refused: 2 });
        Until(() => client.Last($"test/v1/swift/{Name("small")}") is not null);
        Assert.Empty(client.Heard($"test/v1/bulk/{Name("large")}"));
        Assert.Contains("100026 bytes, and at most 50000", Assert.Single(Log.Of(BridgeEventIds.NotPublished, Name("large"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Rates_are_kept_and_the_newest_value_follows()
    {
        using SharedObject<long> count = SharedObject.Publish(Name(), 0L);
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options =>
        {
            options.Publish.Add(Name());
            options.Rates[Name("*")] = 4;
        });
        Until(() => client.Last(Swift) is not null);

        long began = Environment.TickCount64;
        for (long i = 1; i <= 200; i++)
        {
            count.Assign(i);
            Thread.Sleep(1);
        }

        Until(() => Number(client.Last(Swift)!) == 200);
        long took = Environment.TickCount64 - began;
        Assert.InRange(client.Heard(Swift).Length, 2, 2 + (took / 250));
        Assert.True(Find(bridge, Name())!.Superseded > 0);
    }

    [Fact]
    public void Compressed_values_say_so_and_come_back()
    {
        using SharedArray<byte> array = SharedArray<byte>.OpenOrCreate(Name(), [200_000]);
        array.Assign(new byte[200_000]);
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options =>
        {
            options.Publish.Add(Name());
            options.Compress.Add("*");
        });

        Until(() => client.Last(Bulk) is not null);

        MqttApplicationMessage message = client.Last(Bulk)!;
        Assert.Equal(("zstd", "200026"), (Property(message, "encoding"), Property(message, "length")));
        Assert.Equal(ObjectMessage.BytesOf(Name()), new Unpacker().TryUnpack(message.Payload.ToArray(), 200_026));
        Until(() => Find(bridge, Name()) is { Values: >= 1, Bytes: < 10_000 });
    }

    [Fact]
    public void Removed_ones_are_cleared_where_that_is_asked_for()
    {
        SharedObject<long> number = SharedObject.Publish(Name(), 5L);
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options =>
        {
            options.Publish.Add(Name());
            options.ClearRemoved = true;
        });
        Until(() => client.Last(Swift) is not null);

        number.Unlink();
        number.Dispose();

        Until(() => client.Last(Swift)!.Payload.IsEmpty);
        Assert.Equal("1", Property(client.Last(Swift)!, "removed"));
        Assert.Null(Find(bridge, Name()));
        using SharedObject<long> again = SharedObject.Publish(Name(), 6L);
        Until(() => Number(client.Last(Swift)!) == 6);
    }

    [Fact]
    public void After_a_restart_of_the_broker_all_is_there_again()
    {
        using SharedObject<long> quiet = SharedObject.Publish(Name("quiet"), 5L);
        using SharedObject<long> busy = SharedObject.Publish(Name("busy"), 0L);
        MqttBridge bridge = Start(options => options.Publish.Add(Name("*")));
        for (int i = 1; i <= 3; i++)
        {
            Broker.Kill(); // it has no store: retained messages are gone
            Until(() => bridge.GetStatus().Connection == BridgeConnection.Connecting);
            busy.Assign(i);
            Broker.Start();
            using var client = new TestClient(Broker.Address);
            Until(() => client.Last($"test/v1/swift/{Name("quiet")}") is { } message && Number(message) == 5);
            Until(() => client.Last($"test/v1/swift/{Name("busy")}") is { } message && Number(message) == i);
        }

        Until(() => bridge.GetStatus() is { Connection: BridgeConnection.Connected, Disconnects: >= 3, Problem: null });
    }

    [Fact]
    public void A_bridge_is_seen_while_it_is_there()
    {
        using var client = new TestClient(Broker.Address);
        MqttBridge one = Start(options =>
        {
            options.Publish.Add(Name("a"));
            options.Host = "one";
        });
        MqttBridge two = Start(options =>
        {
            options.Subscribe.Add(Name("b"));
            options.Host = "two";
        });
        Until(() => one.GetStatus().Peers is [{ Host: "two" }] && two.GetStatus().Peers is [{ Host: "one" }]);
        Assert.Equal(two.GetStatus().Origin, one.GetStatus().Peers[0].Origin);

        Stop(two);

        Until(() => one.GetStatus().Peers.Count == 0);
        Until(() => client.Last($"test/v1/bridge/{two.GetStatus().Origin}") is { Payload.IsEmpty: true });
        Assert.Equal(BridgeConnection.Stopped, two.GetStatus().Connection);
    }

    [Fact]
    public void Of_two_publishers_the_one_that_was_there_before_goes_on_and_the_other_takes_over_when_it_has_gone()
    {
        using SharedObject<long> number = SharedObject.Publish(Name(), 1L);
        using var client = new TestClient(Broker.Address);
        MqttBridge first = Start(options =>
        {
            options.Publish.Add(Name());
            options.Host = "first";
        });
        Until(() => client.Last(Swift) is not null);

        MqttBridge second = Start(options =>
        {
            options.Publish.Add(Name());
            options.Host = "second";
        });
        number.Assign(2);
        Until(() => Find(second, Name()) is { Origin: { } has } && has == first.GetStatus().Origin);
        Until(() => Find(first, Name())?.Problem?.Contains("'second'", StringComparison.Ordinal) == true);
        number.Assign(3);
        Until(() => Number(client.Last(Swift)!) == 3);
        Assert.Equal(first.GetStatus().Origin, Property(client.Last(Swift)!, "origin"));
        Assert.Contains(Log.Of(BridgeEventIds.Conflict, Name()), line => line.Contains("'first'", StringComparison.Ordinal));

        Stop(first);

        Until(() => Property(client.Last(Swift)!, "origin") == second.GetStatus().Origin);
        number.Assign(4);
        Until(() => Number(client.Last(Swift)!) == 4);
        Until(() => Find(second, Name()) is { Origin: null, Problem: null });
    }

    [Fact]
    public void One_that_has_yielded_publishes_again_where_its_rival_has_gone_while_the_broker_was_away()
    {
        using SharedObject<long> number = SharedObject.Publish(Name(), 1L);
        MqttBridge first = Start(options => options.Publish.Add(Name()));
        Until(() => Find(first, Name()) is { Values: >= 1 });
        MqttBridge second = Start(options => options.Publish.Add(Name()));
        number.Assign(2);
        Until(() => Find(second, Name()) is { Origin: not null });

        Broker.Kill();
        Stop(first);
        Broker.Start();

        using var client = new TestClient(Broker.Address);
        Until(() => client.Last(Swift) is not null);
        Assert.Equal(second.GetStatus().Origin, Property(client.Last(Swift)!, "origin"));
        Until(() => Find(second, Name()) is { Origin: null, Problem: null });
    }

    [Fact]
    public void What_is_larger_than_the_broker_takes_is_not_sent()
    {
        using var strict = new Mosquitto("allow_anonymous true\nmax_packet_size 20000");
        using SharedArray<byte> large = SharedArray<byte>.OpenOrCreate(Name("large"), [25_000]);
        using SharedObject<long> number = SharedObject.Publish(Name("number"), 1L);
        MqttBridge bridge = Start(options =>
        {
            options.Broker = strict.Address;
            options.Publish.Add(Name("*"));
        });

        Until(() => Find(bridge, Name("large"))?.Problem?.Contains("at most 20000", StringComparison.Ordinal) == true);
        Until(() => Find(bridge, Name("number")) is { Values: >= 1, Problem: null });
        Assert.Equal(0, bridge.GetStatus().Disconnects);
    }

    [Fact]
    public void A_receiver_that_sends_no_receipts_is_not_waited_for_longer_than_a_second()
    {
        using SharedObject<long> number = SharedObject.Publish(Name(), 0L);
        using var client = new TestClient(Broker.Address);
        client.Send("test/v1/bridge/00000000000000aa", new Presence("deaf", 1, [], ["*"], 1 << 20).ToBytes());
        MqttBridge bridge = Start(options => options.Publish.Add(Name()));
        Until(() => bridge.GetStatus().Peers is [{ Host: "deaf" }]);

        for (int i = 1; i <= 100; i++)
        {
            number.Assign(i);
            Thread.Sleep(5);
        }

        Until(() => Number(client.Last(Swift)!) == 100);
        Assert.True(client.Heard(Swift).Length < 90, "its window never filled");
    }

    [Fact]
    public void The_newest_value_is_sent_again_while_its_receiver_has_not_confirmed_it()
    {
        using SharedObject<long> number = SharedObject.Publish(Name(), 7L);
        using var client = new TestClient(Broker.Address);
        client.Send("test/v1/bridge/00000000000000aa", new Presence("slow", 1, [], ["*"], 1 << 20).ToBytes());
        MqttBridge bridge = Start(options => options.Publish.Add(Name()));
        Until(() => bridge.GetStatus().Peers is [{ Host: "slow" }]);

        number.Assign(8);

        Until(() => client.Heard(Swift).Count(message => Number(message) == 8) >= 2);
        Assert.Null(Find(bridge, Name())!.Latency);
        number.Assign(9);
        Until(() =>
        {
            // As a receiver would: of the newest that has come.
            var receipt = new ArrayBufferWriter<byte>();
            ulong sequence = ulong.Parse(Property(client.Last(Swift)!, "seq")!, CultureInfo.InvariantCulture);
            Receipt.Write(receipt, 0xaa, [new KeyValuePair<string, ulong>(Name(), sequence)]);
            client.Send($"test/v1/receipt/{bridge.GetStatus().Origin}", receipt.WrittenSpan.ToArray(), retain: false);
            return Find(bridge, Name())!.Latency is not null;
        });
        Assert.Equal(9, Number(client.Last(Swift)!));
    }

    [Fact]
    public void Names_are_encoded_in_their_topics()
    {
        string name = Name("100% + # ü\n");
        using SharedObject<long> number = SharedObject.Publish(name, 7L);
        using var client = new TestClient(Broker.Address);
        Start(options => options.Publish.Add(Name("*")));

        Until(() => client.Last($"test/v1/swift/{Name("100%25 %2B %23 ü%0A")}") is not null);
    }

    [Fact]
    public void What_matches_both_ways_crosses_in_none_and_is_said_once()
    {
        using SharedObject<long> number = SharedObject.Publish(Name(), 7L);
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options =>
        {
            options.Publish.Add(Name());
            options.Subscribe.Add(Name("*"));
        });

        Until(() => Find(bridge, Name())?.Problem is not null);
        new ObjectMessage(ObjectMessage.BytesOf(Name("other"), 9L)).Send(client, Swift);
        new ObjectMessage(ObjectMessage.BytesOf(Name("other"), 9L)).Send(client, $"test/v1/swift/{Name("next")}");
        Until(() => SharedObject.Exists(Name("next")));
        Assert.Equal(7, number.Fetch());
        Assert.Empty(client.Heard(Swift));
        Assert.Single(Log.Of(BridgeEventIds.BothDirections, Name()));
    }

    [Fact]
    public void What_is_torn_or_no_object_keeps_nothing_else_from_going_out()
    {
        System.IO.File.WriteAllText("/dev/shm/" + Name("text"), "this is no object of this format");
        using SharedObject<long> number = SharedObject.Publish(Name("number"), 7L);
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options => options.Publish.Add(Name("*")));

        Until(() => client.Last($"test/v1/swift/{Name("number")}") is not null);
        Assert.Null(Find(bridge, Name("text")));
    }

    [Fact]
    public void One_whose_lock_is_held_goes_out_when_that_ends()
    {
        using SharedArray<byte> array = SharedArray<byte>.OpenOrCreate(Name(), [10], new SharedObjectOptions { Adopt = false });
        array.Assign(new byte[10]);
        using SharedObject<long> other = SharedObject.Publish(Name("other"), 7L);
        using var client = new TestClient(Broker.Address);
        Start(options => options.Publish.Add(Name("*")));
        Until(() => client.Last(Swift) is not null && client.Last($"test/v1/swift/{Name("other")}") is not null);
        using (array.EnterWriteLock())
        {
            array.Assign([1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
            other.Assign(8);
            Until(() => Number(client.Last($"test/v1/swift/{Name("other")}")!) == 8);
        }

        Until(() => client.Last(Swift)?.Payload.ToArray()[^1] == 1);
    }

    private static long Number(MqttApplicationMessage message) => message.Payload.IsEmpty ? -1 : BitConverter.ToInt64(message.Payload.ToArray(), 9);

    private static string? Property(MqttApplicationMessage message, string name) =>
        message.UserProperties.SingleOrDefault(property => property.Name == name) is { } found ? Encoding.UTF8.GetString(found.ValueBuffer.Span) : null;
}
