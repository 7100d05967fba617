using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading.Tasks;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace SharedObjects.Bridging.Tests.Support;

/// <summary>A client of the test's own: hears everything, and says what it is told to.</summary>
internal sealed class TestClient : IDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly ConcurrentQueue<MqttApplicationMessage> _heard = new();

    internal TestClient(Uri broker, string filter = "#")
    {
        _client.ApplicationMessageReceivedAsync += args =>
        {
            _heard.Enqueue(args.ApplicationMessage);
            return Task.CompletedTask;
        };
        MqttClientOptions options = new MqttClientOptionsBuilder()
            .WithTcpServer(broker.Host, broker.Port).WithProtocolVersion(MqttProtocolVersion.V500).Build();
        _client.ConnectAsync(options).GetAwaiter().GetResult();
        Subscribe(filter);
    }

    internal void Subscribe(string filter) =>
        _client.SubscribeAsync(new MqttClientSubscribeOptions { TopicFilters = [new MqttTopicFilter { Topic = filter, NoLocal = true }] }).GetAwaiter().GetResult();

    internal MqttApplicationMessage[] Heard(string topic) => [.. _heard.Where(message => message.Topic == topic)];

    internal MqttApplicationMessage? Last(string topic) => _heard.LastOrDefault(message => message.Topic == topic);

    internal void Send(string topic, byte[] payload, bool retain = true, params (string Name, string Value)[] properties) =>
        _client.PublishAsync(new MqttApplicationMessage
        {
            Topic = topic,
            Payload = new ReadOnlySequence<byte>(payload),
            Retain = retain,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            UserProperties = [.. properties.Select(property => new MqttUserProperty(property.Name, System.Text.Encoding.UTF8.GetBytes(property.Value)))],
        }).GetAwaiter().GetResult();

    public void Dispose() => _client.Dispose();
}
