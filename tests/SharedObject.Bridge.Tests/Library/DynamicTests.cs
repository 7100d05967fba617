using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using SharedObjects.Bridging.Tests.Support;
using SharedObjects.Objects;

namespace SharedObjects.Bridging.Tests.Library;

/// <summary>Objects whose values change their type and size: they cross without the trailer that stands in the middle of their segments.</summary>
public sealed class DynamicTests : BridgeTest
{
    private static readonly object?[] Values =
    [
        null, true, 7L, 0.5, "", "grün", new byte[] { 1, 0, 2 }, new List<object?> { 1L, "two", null }, new SharedDict { ["path"] = NDArray.Create(new double[9000], 9000), ["cost"] = 1.5 },
        NDArray.Create(new byte[200_000], 200_000), "short again",
    ];

    [Fact]
    public void Values_of_all_types_and_sizes_go_out_and_make_the_same_objects_where_they_come_in()
    {
        using SharedDynamicObject plan = SharedDynamicObject.Publish(Name("out"), "first");
        using var client = new TestClient(Broker.Address);
        Start(options => options.Publish.Add(Name("out")));
        Start(options => options.Subscribe.Add(Name("in")));
        ulong sequence = 0;
        SharedDynamicObject? copy = null;
        foreach (object? value in Values)
        {
            plan.Assign(value);
            byte[] payload = [];
            Until(() => Newest(client, "out", plan.Timestamp) is { } found && (payload = found).Length > 0);
            Assert.Equal(128 + BinaryPrimitives.ReadInt64LittleEndian(payload.AsSpan(16)), payload.Length);

            new ObjectMessage(payload) { Sequence = ++sequence, Mtime = sequence }.Send(client, $"test/v1/swift/{Name("in")}"); // the receiver does not mind the lane
            Until(() => SharedObject.Exists(Name("in")));
            copy ??= SharedDynamicObject.Open(Name("in"));
            if (sequence > 1)
            {
                copy.Wait();
            }

            byte[]? bytes = null;
            Until(() => (bytes = TryBytesOf(Name("in"))) is not null); // the bridge may still have its lock
            Assert.Equal(payload[8..], bytes![8..]);
            Assert.Equal(plan.Fetch()?.ToString(), copy.Fetch()?.ToString());
        }

        Assert.True(copy!.IsLinked); // one segment, which has grown
        copy.Dispose();
        copy.Unlink();
    }

    public static TheoryData<int, byte> Wrong => new() { { 8, 99 }, { 9, 2 }, { 10, 1 }, { 16, 0 }, { 16, 77 }, { 23, 1 }, { 24, 1 }, { 127, 1 }, { 128, 250 }, { 129, 255 } };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_not_whole_is_refused(int offset, byte value)
    {
        using SharedDynamicObject made = SharedDynamicObject.Publish(Name("out"), "a text");
        using var client = new TestClient(Broker.Address);
        Start(options => options.Publish.Add(Name("out")));
        MqttBridge bridge = Start(options => options.Subscribe.Add(Name("in*")));
        byte[] payload = [];
        Until(() => Newest(client, "out", made.Timestamp) is { } found && (payload = found).Length > 0);
        byte[] wrong = [.. payload];
        wrong[offset] = value;

        new ObjectMessage(wrong).Send(client, $"test/v1/swift/{Name("in")}");
        new ObjectMessage(payload[..^1]) { Sequence = 2 }.Send(client, $"test/v1/swift/{Name("in")}");
        new ObjectMessage(payload).Send(client, $"test/v1/swift/{Name("in2")}");

        Until(() => SharedObject.Exists(Name("in2")));
        Assert.False(SharedObject.Exists(Name("in")));
        Assert.Equal(2, bridge.GetStatus().Refused + (Find(bridge, Name("in"))?.Refused ?? 0));
    }

    [Fact]
    public void One_of_the_other_kind_is_not_replaced_unless_it_was_made_by_the_bridge()
    {
        using SharedObject<double> ordinary = SharedObject.Publish(Name("in"), 0.5);
        using SharedDynamicObject made = SharedDynamicObject.Publish(Name("out"), 1.5);
        using var client = new TestClient(Broker.Address);
        Start(options => options.Publish.Add(Name("out")));
        MqttBridge bridge = Start(options => options.Subscribe.Add(Name("in*")));
        byte[] payload = [];
        Until(() => Newest(client, "out", made.Timestamp) is { } found && (payload = found).Length > 0);

        new ObjectMessage(payload).Send(client, $"test/v1/swift/{Name("in")}");

        Until(() => Find(bridge, Name("in"))?.Problem?.Contains("dynamic object", StringComparison.Ordinal) == true);
        Assert.Equal(0.5, ordinary.Fetch());
        Assert.True(ordinary.IsLinked);
        new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), 2.5)) { Sequence = 2, Mtime = 2 }.Send(client, $"test/v1/swift/{Name("in2")}");
        Until(() => SharedObject.Exists(Name("in2")));
        new ObjectMessage(payload) { Sequence = 3, Mtime = 3 }.Send(client, $"test/v1/swift/{Name("in2")}");
        SharedDynamicObject? anew = null;
        Until(() => (anew = TryOpen(Name("in2"))) is not null);
        Assert.Equal(1.5, anew!.Fetch());
        anew.Dispose();
    }

    private static byte[]? TryBytesOf(string name)
    {
        using RawObject? raw = RawObject.TryOpen(name, SharedObjectOptions.Default);
        byte[] bytes = new byte[300_000];
        return raw?.TryRead(bytes, out int size, out _) == RawRead.Whole ? bytes[..size] : null;
    }

    private static SharedDynamicObject? TryOpen(string name)
    {
        try
        {
            return SharedDynamicObject.Open(name);
        }
        catch (Exception e) when (e is SharedSchemaException or SharedNotFoundException)
        {
            return null; // still the one before, or between the two
        }
    }

    private byte[]? Newest(TestClient client, string name, long stamp) =>
        new[] { "swift", "bulk" }.Select(lane => client.Last($"test/v1/{lane}/{Name(name)}")?.Payload.ToArray())
            .FirstOrDefault(payload => payload is { Length: > 8 } && BinaryPrimitives.ReadInt64LittleEndian(payload) == stamp);
}
