using System.Collections.Generic;
using MQTTnet.Packets;

namespace SharedObjects.Bridging.Connections;

/// <summary>What a connection is used for. Calls come from its reading thread, one at a time, and must not wait.</summary>
internal interface IConnectionUser
{
    /// <summary>What to subscribe to when it has connected.</summary>
    IReadOnlyList<MqttTopicFilter> Filters { get; }

    /// <summary>It has connected, and can be sent on; nothing is left of what was under way on the connection before.</summary>
    void OnConnected();

    /// <summary>It was lost.</summary>
    void OnDisconnected();

    /// <summary>A message has come.</summary>
    void OnMessage(MqttPublishPacket message);

    /// <summary>The broker has a message that was sent with QoS 1, or refuses it.</summary>
    void OnAcknowledged(MqttPubAckPacket acknowledgement);
}
