using System;
using System.Buffers;
using System.Globalization;
using System.Linq;
using MQTTnet;
using SharedObjects.Bridging.Tests.Support;

namespace SharedObjects.Bridging.Tests.Library;

public sealed class PublishTests : BridgeTest
{
    [Fact]
    public void A_value_goes_out_as_its_exact_bytes_retained()
    {
        using SharedObject<double> gripper = SharedObject.Publish(Name(), 0.08);
        using var client = new TestClient(Broker.Address);
        MqttBridge bridge = Start(options => options.Publish.Add(Name()));
        string topic = $"test/v1/swift/{Name()}";
        Until(() => client.Last(topic) is not null);

        gripper.Assign(0.5);

        Until(() => BitConverter.ToDouble(client.Last(topic)!.Payload.ToArray(), 9) == 0.5);
        MqttApplicationMessage message = client.Last(topic)!;
        Assert.Equal(17, message.Payload.Length);
        Assert.Equal((ulong)gripper.Timestamp, BitConverter.ToUInt64(message.Payload.ToArray(), 0));
        Assert.Equal(gripper.Timestamp.ToString(CultureInfo.InvariantCulture), Property(message, "mtime"));
        Assert.Equal("1", Property(message, "v"));
        Assert.Equal(bridge.GetStatus().Origin, Property(message, "origin"));
        Assert.Equal(16, Property(message, "schema")!.Length);
        using var late = new TestClient(Broker.Address);
        Until(() => late.Last(topic) is { Retain: true } stored && stored.Payload.ToArray().SequenceEqual(message.Payload.ToArray()));
    }

    private static string? Property(MqttApplicationMessage message, string name) =>
        message.UserProperties.SingleOrDefault(property => property.Name == name) is { } found ? System.Text.Encoding.UTF8.GetString(found.ValueBuffer.Span) : null;
}
