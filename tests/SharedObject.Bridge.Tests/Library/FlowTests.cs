using System;
using System.Buffers;
using System.Linq;
using System.Text;
using System.Threading;
using SharedObjects.Bridging.Publishing;
using SharedObjects.Bridging.Settings;
using SharedObjects.Bridging.Tests.Support;
using SharedObjects.Bridging.Wire;
using SharedObjects.Objects;

namespace SharedObjects.Bridging.Tests.Library;

/// <summary>What goes out and comes in where a link is slow, objects change hands, or others stand in the way.</summary>
public sealed class FlowTests : BridgeTest
{
    private const int LinkRate = 50_000, ImageSize = 200_000; // an image takes as long as the shortest KeepAlive four times

    private string Swift => $"test/v1/swift/{Name()}";

    private string Bulk => $"test/v1/bulk/{Name()}";

    [Fact]
    public void A_value_that_takes_longer_than_the_silence_that_is_allowed_goes_out_at_once()
    {
        using var link = new SlowLink(Broker.Port);
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options =>
        {
            options.Broker = link.Address;
            options.Publish.Add(Name());
            options.KeepAlive = TimeSpan.FromSeconds(1);
        });
        link.Rate = LinkRate;

        using SharedObject<byte[]> image = SharedObject.Publish(Name(), new byte[ImageSize]);

        Until(() => client.Last(Bulk) is { Payload.Length: > ImageSize } || bridge.GetStatus().Disconnects > 0);
        Assert.Equal(0, bridge.GetStatus().Disconnects);
    }

    [Fact]
    public void A_value_that_takes_longer_than_the_silence_that_is_allowed_comes_in_at_once()
    {
        using var link = new SlowLink(Broker.Port);
        using var client = new TestClient(Broker.Address);
        byte[] bytes = ObjectMessage.BytesOf(Name("scratch"), new byte[ImageSize]);
        MqttBridge bridge = Start(options =>
        {
            options.Broker = link.Address;
            options.Subscribe.Add(Name());
            options.KeepAlive = TimeSpan.FromSeconds(1);
        });
        link.Rate = LinkRate;

        new ObjectMessage(bytes).Send(client, Bulk);

        Until(() => SharedObject.Exists(Name()) || bridge.GetStatus().Disconnects > 0);
        Assert.Equal(0, bridge.GetStatus().Disconnects);
    }

    [Fact]
    public void Whoever_takes_an_object_in_neither_direction_is_not_waited_for()
    {
        using SharedObject<long> number = SharedObject.Publish(Name(), 0L);
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options => options.Publish.Add(Name()));
        Peer(client, 7, "\"*\"", "\"*\"");
        Until(() => bridge.GetStatus().Peers.Count == 1);
        int sent = 0;

        // Each is sent when the one before it has gone: two at once would be on their way before anybody is waited for.
        for (long i = 1; i <= 20; i++)
        {
            number.Assign(i);
            Until(() => client.Last(Swift) is { } last && BitConverter.ToInt64(last.Payload.ToArray(), 9) == i);
            Thread.Sleep(10);
            sent = client.Heard(Swift).Select(message => BitConverter.ToInt64(message.Payload.ToArray(), 9)).Distinct().Count();
        }

        Until(() => Find(bridge, Name())!.Latency is not null); // confirmed, and not given up
        Assert.InRange(sent, 20, 21);
    }

    [Fact]
    public void An_object_that_is_removed_where_it_was_published_first_goes_out_from_the_second()
    {
        using SharedObject<double> here = SharedObject.Publish(Name(), 1.5);
        using var client = new TestClient(Broker.Address);
        Peer(client, 7, $"\"{Name()}\"", "");
        MqttBridge bridge = Start(options => options.Publish.Add(Name()));
        Until(() => client.Last(Swift) is not null && bridge.GetStatus().Peers.Count == 1);
        var foreign = new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), 2.5)) { Origin = 7, Sequence = 1 };
        Until(() =>
        {
            foreign.Send(client, Swift); // again, as long as it does not listen yet
            return Find(bridge, Name())?.Problem is { } problem && problem.Contains("was there before", StringComparison.Ordinal);
        });
        here.Assign(3.5);

        new ObjectMessage([]) { Origin = 7, Sequence = 2, Instead = [("mtime", null), ("schema", null), ("removed", "2")] }.Send(client, Swift);

        Until(() => client.Last(Swift) is { } last && BitConverter.ToDouble(last.Payload.ToArray(), 9) == 3.5);
        Until(() => Find(bridge, Name()) is { Problem: null, Origin: null });
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public void An_object_that_is_removed_where_it_was_published_first_is_taken_from_the_second(string removed)
    {
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options => options.Subscribe.Add(Name("*")));
        Peer(client, 7, $"\"{Name()}\"", "", since: 1);
        Peer(client, 8, $"\"{Name()}\"", "", since: 2);
        Until(() => bridge.GetStatus().Peers.Count == 2);
        var first = new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), 1.5)) { Origin = 7, Sequence = 5 };
        var second = new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), 2.5)) { Origin = 8, Sequence = 1, Mtime = 2 };
        first.Send(client, Swift);
        second.Send(client, Swift);
        Until(() => SharedObject.Exists(Name()));
        using SharedObject<double> here = SharedObject.Open<double>(Name());
        Assert.Equal(1.5, here.Fetch());

        new ObjectMessage([]) { Origin = 7, Sequence = 6, Instead = [("mtime", null), ("schema", null), ("removed", removed)] }.Send(client, Swift);
        (first with { Mtime = 3 }).Send(client, Swift); // late, of the other lane say
        (second with { Sequence = 2, Mtime = 4 }).Send(client, Swift);

        Until(() => here.Fetch() == 2.5);
        Assert.Equal(ObjectMessage.OriginTextOf(8), Find(bridge, Name())!.Origin);
        Assert.Equal(2, Find(bridge, Name())!.Values);
    }

    [Fact]
    public void Of_an_object_that_has_gone_is_said_that_others_may_have_it_and_it_is_cleared_only_if_that_is_wanted()
    {
        using SharedObject<double> here = SharedObject.Publish(Name(), 1.5);
        using var client = new TestClient(Broker.Address);
        string[] topics = ["keep/v1/swift/" + Name(), "clear/v1/swift/" + Name()];
        foreach (string topic in topics)
        {
            Start(options =>
            {
                options.Prefix = topic.Split('/')[0];
                options.Publish.Add(Name());
                options.ClearRemoved = options.Prefix == "clear";
            });
            Until(() => client.Last(topic) is not null);
        }

        here.Unlink();

        Until(() => topics.All(topic => client.Last(topic)!.Payload.IsEmpty));
        Assert.Equal(["2", "1"], topics.Select(topic => Encoding.UTF8.GetString(client.Last(topic)!.UserProperties.Single(property => property.Name == "removed").ValueBuffer.Span)));
        client.Send("test/mark", [1]);
        using var late = new TestClient(Broker.Address, topics[1]);
        late.Subscribe("test/mark");
        late.Subscribe(topics[0]);
        Until(() => late.Last("test/mark") is not null && late.Last(topics[0]) is { Retain: true, Payload.IsEmpty: false });
        Assert.Null(late.Last(topics[1])); // which was asked for first
    }

    [Fact]
    public void A_place_in_a_queue_that_an_object_has_left_behind_is_passed_over()
    {
        using SharedObject<double> here = SharedObject.Publish(Name(), 1.5);
        var settings = new BridgeSettings(new BridgeOptions { Broker = Broker.Address, Publish = [Name()] });
        SendLane lane = new(LaneKind.Swift, 1, null!) { IsConnected = true }, other = new(LaneKind.Bulk, 1, null!) { IsConnected = true };
        using var item = new PublishedObject(Name(), RawObject.TryOpen(Name(), SharedObjectOptions.Default)!, settings, lane) { IsQueued = true };
        lane.Enqueue(item);
        item.Lane = other; // it has grown meanwhile
        other.Enqueue(item);
        other.Enqueue(item);

        Assert.False(lane.TryTake(out _));
        Assert.True(other.TryTake(out PublishedObject taken));
        Assert.Same(item, taken);
        item.IsQueued = false;
        Assert.False(other.TryTake(out _));
    }

    [Fact]
    public void A_value_waits_until_what_is_no_object_has_left_its_name()
    {
        using var client = new TestClient(Broker.Address);
        byte[] bytes = ObjectMessage.BytesOf(Name("scratch"), 1.5);
        System.IO.File.WriteAllText("/dev/shm/" + Name(), "not an object, but something else of the same name");
        MqttBridge bridge = Start(options => options.Subscribe.Add(Name()));
        new ObjectMessage(bytes).Send(client, Swift);
        Until(() => Find(bridge, Name())?.Problem is not null);

        Assert.True(SharedObject.Unlink(Name()));

        Until(() => SharedObject.Exists(Name()));
        using SharedObject<double> made = SharedObject.Open<double>(Name());
        Assert.Equal(1.5, made.Fetch());
        Until(() => Find(bridge, Name()) is { Problem: null, Refused: 1 }); // said once, however often it was tried
    }

    [Fact]
    public void What_only_the_broker_confirms_does_not_make_the_way_to_others_look_short()
    {
        var window = new FlightWindow();
        SendLane lane = new(LaneKind.Swift, 1, null!);
        Cross(1, took: 5, by: []);
        Assert.Equal(0, lane.BestRoundTrip);
        Cross(2, took: 300, by: [7]);
        Assert.Equal(300, lane.BestRoundTrip);
        Cross(3, took: 5, by: []);
        Assert.Equal(300, lane.BestRoundTrip);

        void Cross(ulong sequence, long took, ulong[] by)
        {
            window.SetReceivers(by);
            window.Add(new Flight(sequence, 10, 1000, 0));
            window.BrokerHas(sequence);
            Array.ForEach(by, receiver => window.Receipt(receiver, sequence));
            Assert.True(window.TryLand(1000 + took, out Flight flight, out bool isConfirmed));
            lane.Landed(flight, 1000 + took, isConfirmed && window.HasReceivers);
        }
    }

    [Fact]
    public void What_the_broker_has_on_the_other_lane_of_a_bridge_before_is_cleared()
    {
        using SharedObject<double> here = SharedObject.Publish(Name(), 1.5);
        using var client = new TestClient(Broker.Address);
        client.Send(Bulk, ObjectMessage.BytesOf(Name("scratch"), new byte[40_000])); // kept

        Start(options => options.Publish.Add(Name()));

        Until(() => client.Last(Bulk) is { Payload.IsEmpty: true } && client.Last(Swift) is not null);
        using var late = new TestClient(Broker.Address);
        Until(() => late.Last(Swift) is not null);
        Assert.Null(late.Last(Bulk));
    }

    [Fact]
    public void Whoever_has_yielded_leaves_a_third_one_to_the_first()
    {
        using SharedObject<double> here = SharedObject.Publish(Name(), 1.5);
        using var client = new TestClient(Broker.Address);
        Peer(client, 7, $"\"{Name()}\"", "");
        MqttBridge bridge = Start(options => options.Publish.Add(Name()));
        Peer(client, 9, $"\"{Name()}\"", "", since: ulong.MaxValue);
        Until(() => client.Last(Swift) is not null && bridge.GetStatus().Peers.Count == 2);
        byte[] bytes = ObjectMessage.BytesOf(Name("scratch"), 2.5);
        Until(() =>
        {
            new ObjectMessage(bytes) { Origin = 7 }.Send(client, Swift);
            return Find(bridge, Name())?.Origin == ObjectMessage.OriginTextOf(7);
        });

        new ObjectMessage(bytes) { Origin = 9 }.Send(client, Swift);
        new ObjectMessage([1]).Send(client, $"test/v1/bridge/{ObjectMessage.OriginTextOf(11)}"); // is refused, behind it
        Until(() => bridge.GetStatus().Refused == 1);

        Assert.Equal(ObjectMessage.OriginTextOf(7), Find(bridge, Name())!.Origin);
        here.Assign(3.5);
        client.Send($"test/v1/bridge/{ObjectMessage.OriginTextOf(7)}", []);
        Until(() => client.Last(Swift) is { } last && BitConverter.ToDouble(last.Payload.ToArray(), 9) == 3.5);
    }

    private static void Peer(TestClient client, ulong origin, string publish, string subscribe, ulong since = 1) =>
        client.Send(
            $"test/v1/bridge/{ObjectMessage.OriginTextOf(origin)}",
            Encoding.UTF8.GetBytes($$"""{"v":1,"host":"h{{origin}}","since":{{since}},"publish":[{{publish}}],"subscribe":[{{subscribe}}],"max_size":1000000}"""));
}
