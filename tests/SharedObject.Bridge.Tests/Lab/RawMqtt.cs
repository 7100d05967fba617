using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using MQTTnet;
using MQTTnet.Channel;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace SharedObjects.Bridging.Tests.Lab;

/// <summary>A client that is no bridge: sees what goes over the lab's broker, and sends what no bridge would.</summary>
internal sealed class RawMqtt : IDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly ConcurrentQueue<Message> _messages = new();

    private RawMqtt()
    {
    }

    /// <summary>What has come for the topics that were subscribed to.</summary>
    internal IReadOnlyCollection<Message> Messages => _messages;

    /// <summary>Connects, and subscribes.</summary>
    internal static RawMqtt Connect(NetworkLab lab, LabBroker broker, params string[] topics)
    {
        RawMqtt raw = lab.Keep(new RawMqtt());
        raw.ConnectAsync(broker.Socket, topics).GetAwaiter().GetResult();
        return raw;
    }

    /// <summary>Sends a message, and waits until the broker has it.</summary>
    internal void Publish(string topic, byte[] payload, bool retain, params (string Name, string Value)[] properties)
    {
        var message = new MqttApplicationMessage
        {
            Topic = topic,
            PayloadSegment = payload,
            Retain = retain,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            UserProperties = [.. properties.Select(static property => new MqttUserProperty(property.Name, System.Text.Encoding.UTF8.GetBytes(property.Value)))],
        };
        _client.PublishAsync(message).GetAwaiter().GetResult();
    }

    /// <summary>Sends a message again, changed.</summary>
    internal void Publish(Message message) => Publish(message.Topic, message.Payload, message.Retain, message.Properties);

    public void Dispose() => _client.Dispose();

    private async Task ConnectAsync(string socket, string[] topics)
    {
        _client.ApplicationMessageReceivedAsync += received =>
        {
            MqttApplicationMessage message = received.ApplicationMessage;
            _messages.Enqueue(new Message(
                message.Topic,
                message.Payload.ToArray(),
                message.Retain,
                [.. (message.UserProperties ?? []).Select(static property => (property.Name, property.ReadValueAsString()))]));
            return Task.CompletedTask;
        };
        await _client.ConnectAsync(new MqttClientOptionsBuilder()
            .WithEndPoint(new UnixDomainSocketEndPoint(socket))
            .WithStreamProvider(new UnixStreams())
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .Build());
        foreach (string topic in topics)
        {
            await _client.SubscribeAsync(new MqttTopicFilter { Topic = topic, RetainAsPublished = true });
        }
    }

    /// <summary>A message as it stands on the wire.</summary>
    internal sealed record Message(string Topic, byte[] Payload, bool Retain, (string Name, string Value)[] Properties)
    {
        internal string? this[string property] => Properties.LastOrDefault(item => item.Name == property).Value;

        /// <summary>The same with another property.</summary>
        internal Message With(string name, string value) =>
            this with { Properties = [.. Properties.Select(item => item.Name == name ? (name, value) : item)] };
    }

    /// <summary>MQTTnet's own sockets are TCP's.</summary>
    private sealed class UnixStreams : IMqttClientStreamProvider
    {
        public async Task<Stream> ConnectAsync(EndPoint remoteEndPoint, CancellationToken cancellationToken)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(remoteEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
    }
}
