using System;
using System.Globalization;
using System.Text;
using SharedObjects.Wire;

namespace SharedObjects.Bridging.Wire;

/// <summary>The topics of a prefix; docs/bridge.md has them in a table.</summary>
/// <remarks>
/// The name of an object is a level of its topic as it is, but for <c>%</c>, <c>+</c>, <c>#</c>, control characters and what Unicode calls no
/// characters: those are percent-encoded, byte by byte of their UTF-8, in upper-case digits. There is one topic for a name, and another form of
/// it is refused.
/// </remarks>
internal sealed class Topics
{
    // Of the protocol below: what changes it gets another number, and bridges of both can be at one broker.
    private const string Version = "v1";
    private const string SwiftLevel = "swift", BulkLevel = "bulk", BridgeLevel = "bridge", ReceiptLevel = "receipt";

    private readonly string _base;

    internal Topics(string prefix) => _base = $"{prefix}/{Version}/";

    /// <summary>A filter for all topics of objects on a lane.</summary>
    internal string AllObjects(LaneKind lane) => $"{_base}{Level(lane)}/+";

    /// <summary>A filter for the presences of all bridges.</summary>
    internal string AllPresences => $"{_base}{BridgeLevel}/+";

    internal string Object(LaneKind lane, string name) => $"{_base}{Level(lane)}/{Encode(name)}";

    internal string Presence(ulong origin) => $"{_base}{BridgeLevel}/{Hex(origin)}";

    internal string Receipt(ulong origin) => $"{_base}{ReceiptLevel}/{Hex(origin)}";

    /// <summary>The text form of an origin.</summary>
    internal static string Hex(ulong number) => number.ToString("x16", CultureInfo.InvariantCulture);

    internal static bool TryParseHex(ReadOnlySpan<char> text, out ulong number)
    {
        number = 0;
        return text.Length == 16 && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
            && !text.ContainsAnyInRange('A', 'F');
    }

    /// <summary>What a topic is for.</summary>
    /// <param name="topic">Any topic.</param>
    /// <param name="rest">What follows: an object's encoded name, or an origin.</param>
    internal TopicKind KindOf(string topic, out ReadOnlySpan<char> rest)
    {
        rest = default;
        if (!topic.StartsWith(_base, StringComparison.Ordinal))
        {
            return TopicKind.Unknown;
        }

        ReadOnlySpan<char> own = topic.AsSpan(_base.Length);
        int slash = own.IndexOf('/');
        if (slash < 0 || own[(slash + 1)..].Contains('/'))
        {
            return TopicKind.Unknown;
        }

        rest = own[(slash + 1)..];
        return own[..slash] switch
        {
            SwiftLevel => TopicKind.SwiftObject,
            BulkLevel => TopicKind.BulkObject,
            BridgeLevel => TopicKind.Presence,
            ReceiptLevel => TopicKind.Receipt,
            _ => TopicKind.Unknown,
        };
    }

    internal static string Encode(string name)
    {
        if (!NeedsEncoding(name))
        {
            return name;
        }

        var encoded = new StringBuilder(name.Length + 16);
        Span<byte> bytes = stackalloc byte[4];
        foreach (Rune rune in name.EnumerateRunes())
        {
            if (IsPlain(rune))
            {
                encoded.Append(rune.ToString());
                continue;
            }

            foreach (byte b in bytes[..rune.EncodeToUtf8(bytes)])
            {
                encoded.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return encoded.ToString();
    }

    /// <summary>The name that a level of a topic stands for, or null if it is not the form that <see cref="Encode"/> gives.</summary>
    internal static string? Decode(ReadOnlySpan<char> level)
    {
        if (!level.Contains('%'))
        {
            string name = level.ToString();
            return NeedsEncoding(name) ? null : name;
        }

        byte[] bytes = new byte[WireText.Utf8.GetMaxByteCount(level.Length)];
        int count = 0;
        ReadOnlySpan<char> rest = level;
        try
        {
            while (!rest.IsEmpty)
            {
                int percent = rest.IndexOf('%');
                if (percent == 0)
                {
                    if (rest.Length < 3 || !byte.TryParse(rest[1..3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[count]))
                    {
                        return null;
                    }

                    count++;
                    rest = rest[3..];
                    continue;
                }

                ReadOnlySpan<char> plain = percent < 0 ? rest : rest[..percent];
                count += WireText.Utf8.GetBytes(plain, bytes.AsSpan(count));
                rest = rest[plain.Length..];
            }

            string name = WireText.Utf8.GetString(bytes.AsSpan(0, count));
            return level.SequenceEqual(Encode(name)) ? name : null;
        }
        catch (ArgumentException)
        {
            return null; // not UTF-8
        }
    }

    private static bool NeedsEncoding(string name)
    {
        foreach (Rune rune in name.EnumerateRunes())
        {
            if (!IsPlain(rune))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPlain(Rune rune) =>
        rune.Value is not ('%' or '+' or '#' or '/')
        && !Rune.IsControl(rune)
        && (rune.Value & 0xFFFE) != 0xFFFE // U+nFFFE and U+nFFFF
        && rune.Value is not (>= 0xFDD0 and <= 0xFDEF);

    private static string Level(LaneKind lane) => lane == LaneKind.Swift ? SwiftLevel : BulkLevel;
}
