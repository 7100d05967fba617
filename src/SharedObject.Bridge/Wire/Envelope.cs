using System;
using System.Buffers.Text;
using System.Collections.Generic;
using MQTTnet.Packets;

namespace SharedObjects.Bridging.Wire;

/// <summary>What a message says of the value in it: its user properties.</summary>
/// <param name="Origin">The bridge that has published it.</param>
/// <param name="Sequence">Which of that bridge's messages it is; a later one has a larger number.</param>
/// <param name="Mtime">The value's stamp at its origin; 0 if it was never assigned.</param>
/// <param name="LayoutHash">The hash of its layout's fixed bytes.</param>
/// <param name="Length">The length of the object.</param>
/// <param name="IsCompressed">Whether the payload is compressed.</param>
/// <param name="Clears">Of an empty message: what has become of the object.</param>
internal readonly record struct Envelope(
    ulong Origin, ulong Sequence, ulong Mtime, ulong LayoutHash, long Length, bool IsCompressed, ClearKind Clears = ClearKind.Moved)
{
    internal const string VersionKey = "v", OriginKey = "origin", SequenceKey = "seq", MtimeKey = "mtime", LayoutKey = "schema",
        EncodingKey = "encoding", LengthKey = "length", RemovedKey = "removed";

    /// <summary>Reads the properties of a message, which may be anything.</summary>
    /// <param name="properties">The properties; others than those that we know are passed over.</param>
    /// <param name="payloadLength">The length of the payload.</param>
    /// <param name="problem">Why there is no envelope.</param>
    internal static Envelope? Parse(List<MqttUserProperty>? properties, long payloadLength, out string? problem)
    {
        Envelope envelope = default;
        Fields found = Fields.None;
        foreach (MqttUserProperty property in properties ?? [])
        {
            ReadOnlySpan<byte> value = property.ValueBuffer.Span;
            (Fields field, bool isGood) = property.Name switch
            {
                VersionKey => (Fields.Version, value.SequenceEqual("1"u8)),
                OriginKey => (Fields.Origin, TryHex(value, out ulong number) && Set(envelope with { Origin = number }, ref envelope)),
                SequenceKey => (Fields.Sequence, TryNumber(value, out ulong number) && Set(envelope with { Sequence = number }, ref envelope)),
                MtimeKey => (Fields.Mtime, TryNumber(value, out ulong number) && Set(envelope with { Mtime = number }, ref envelope)),
                LayoutKey => (Fields.Layout, TryHex(value, out ulong number) && Set(envelope with { LayoutHash = number }, ref envelope)),
                EncodingKey => (Fields.Encoding, value.SequenceEqual("zstd"u8) && Set(envelope with { IsCompressed = true }, ref envelope)),
                LengthKey => (Fields.Length, TryNumber(value, out ulong number) && number <= int.MaxValue && Set(envelope with { Length = (long)number }, ref envelope)),
                RemovedKey => (Fields.Removed, value.Length == 1 && value[0] is >= (byte)'0' and <= (byte)'2' && Set(envelope with { Clears = (ClearKind)(value[0] - '0') }, ref envelope)),
                _ => (Fields.None, true),
            };
            if (!isGood || (found & field) != 0)
            {
                problem = isGood ? $"its property '{property.Name}' is there twice" : $"its property '{property.Name}' is not what this version writes";
                return null;
            }

            found |= field;
        }

        const Fields Any = Fields.Version | Fields.Origin | Fields.Sequence, Value = Any | Fields.Mtime | Fields.Layout, Clear = Any | Fields.Removed;
        const Fields Compressed = Fields.Encoding | Fields.Length;
        Fields needed = (payloadLength == 0 ? Clear : Value) | ((found & Compressed) != 0 ? Compressed : 0);
        if ((found & needed) != needed)
        {
            problem = $"it has no property '{NameOf(needed & ~found)}'";
            return null;
        }

        problem = null;
        return envelope.IsCompressed ? envelope : envelope with { Length = payloadLength };
    }

    private static bool Set(in Envelope value, ref Envelope envelope)
    {
        envelope = value;
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out ulong number) =>
        Utf8Parser.TryParse(text, out number, out int used) && used == text.Length && text.Length > 0 && text[0] is >= (byte)'0' and <= (byte)'9';

    private static bool TryHex(ReadOnlySpan<byte> text, out ulong number)
    {
        number = 0;
        return text.Length == 16 && Utf8Parser.TryParse(text, out number, out int used, 'x') && used == text.Length;
    }

    private static string NameOf(Fields missing) => missing switch
    {
        _ when missing.HasFlag(Fields.Version) => VersionKey,
        _ when missing.HasFlag(Fields.Origin) => OriginKey,
        _ when missing.HasFlag(Fields.Sequence) => SequenceKey,
        _ when missing.HasFlag(Fields.Mtime) => MtimeKey,
        _ when missing.HasFlag(Fields.Layout) => LayoutKey,
        _ when missing.HasFlag(Fields.Removed) => RemovedKey,
        _ when missing.HasFlag(Fields.Encoding) => EncodingKey,
        _ => LengthKey,
    };

    [Flags]
    private enum Fields
    {
        None = 0,
        Version = 1,
        Origin = 2,
        Sequence = 4,
        Mtime = 8,
        Layout = 16,
        Encoding = 32,
        Length = 64,
        Removed = 128,
    }
}
