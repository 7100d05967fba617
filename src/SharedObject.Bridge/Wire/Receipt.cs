using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using SharedObjects.Wire;

namespace SharedObjects.Bridging.Wire;

/// <summary>A receiver's message to a publisher: up to which number it has had the messages of which objects.</summary>
/// <remarks>
/// Numbers are little-endian; the entries follow each other to the end:
/// <code>
///   0               8               16      18
///   +---------------+---------------+-------+------ - -+---------------+- - -
///   |   receiver    |   sequence    |  n    | n bytes  |   sequence    |  …
///   +---------------+---------------+-------+------ - -+---------------+- - -
/// </code>
/// </remarks>
internal static class Receipt
{
    private const int HeaderSize = sizeof(ulong), EntrySize = sizeof(ulong) + sizeof(ushort);

    // At most that much is looked at; more than any honest receiver sends at once.
    private const int MaxEntries = 20_000;

    internal static void Write(IBufferWriter<byte> output, ulong receiver, IReadOnlyCollection<KeyValuePair<string, ulong>> entries)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(HeaderSize), receiver);
        output.Advance(HeaderSize);
        foreach ((string name, ulong sequence) in entries)
        {
            int length = WireText.Utf8.GetByteCount(name);
            Span<byte> entry = output.GetSpan(EntrySize + length);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, sequence);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[sizeof(ulong)..], (ushort)length);
            WireText.Utf8.GetBytes(name, entry[EntrySize..]);
            output.Advance(EntrySize + length);
        }
    }

    /// <summary>Reads a receipt, which may be anything.</summary>
    /// <param name="bytes">The payload.</param>
    /// <param name="receiver">Who it is from.</param>
    /// <returns>The entries, or null if it is not one.</returns>
    internal static List<KeyValuePair<string, ulong>>? Parse(ReadOnlySpan<byte> bytes, out ulong receiver)
    {
        receiver = 0;
        if (bytes.Length < HeaderSize)
        {
            return null;
        }

        receiver = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        bytes = bytes[HeaderSize..];
        var entries = new List<KeyValuePair<string, ulong>>();
        while (!bytes.IsEmpty)
        {
            if (bytes.Length < EntrySize || entries.Count == MaxEntries)
            {
                return null;
            }

            ulong sequence = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[sizeof(ulong)..]);
            if (length > bytes.Length - EntrySize)
            {
                return null;
            }

            try
            {
                entries.Add(new(WireText.Utf8.GetString(bytes.Slice(EntrySize, length)), sequence));
            }
            catch (ArgumentException)
            {
                return null; // not UTF-8
            }

            bytes = bytes[(EntrySize + length)..];
        }

        return entries;
    }
}
