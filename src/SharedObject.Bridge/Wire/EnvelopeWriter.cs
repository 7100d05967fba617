using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using MQTTnet.Packets;

namespace SharedObjects.Bridging.Wire;

/// <summary>Writes the user properties of messages of one origin; one message at a time, whose list it is until the next.</summary>
internal sealed class EnvelopeWriter
{
    private const int LongestNumber = 20;

    private readonly List<MqttUserProperty> _properties = new(7);
    private readonly MqttUserProperty _version = new(Envelope.VersionKey, "1"u8.ToArray());
    private readonly MqttUserProperty _origin;
    private readonly MqttUserProperty _encoding = new(Envelope.EncodingKey, "zstd"u8.ToArray());
    private readonly byte[] _sequence = new byte[LongestNumber], _mtime = new byte[LongestNumber], _length = new byte[LongestNumber];

    internal EnvelopeWriter(ulong origin) => _origin = new(Envelope.OriginKey, Encoding.ASCII.GetBytes(Topics.Hex(origin)));

    /// <summary>A property with the hash of a layout; the same for all values of it.</summary>
    internal static MqttUserProperty Layout(ulong hash) =>
        new(Envelope.LayoutKey, Encoding.ASCII.GetBytes(hash.ToString("x16", CultureInfo.InvariantCulture)));

    internal List<MqttUserProperty> Write(ulong sequence, ulong mtime, MqttUserProperty layout, int? uncompressedLength)
    {
        Begin(sequence);
        _properties.Add(Number(Envelope.MtimeKey, mtime, _mtime));
        _properties.Add(layout);
        if (uncompressedLength is { } length)
        {
            _properties.Add(_encoding);
            _properties.Add(Number(Envelope.LengthKey, (ulong)length, _length));
        }

        return _properties;
    }

    /// <summary>Of an empty message: what has become of the object.</summary>
    internal List<MqttUserProperty> WriteClear(ulong sequence, ClearKind kind)
    {
        Begin(sequence);
        _properties.Add(new MqttUserProperty(Envelope.RemovedKey, new[] { (byte)('0' + (int)kind) }));
        return _properties;
    }

    private void Begin(ulong sequence)
    {
        _properties.Clear();
        _properties.Add(_version);
        _properties.Add(_origin);
        _properties.Add(Number(Envelope.SequenceKey, sequence, _sequence));
    }

    private static MqttUserProperty Number(string name, ulong number, byte[] buffer)
    {
        Utf8Formatter.TryFormat(number, buffer, out int length);
        return new MqttUserProperty(name, buffer.AsMemory(0, length));
    }
}
