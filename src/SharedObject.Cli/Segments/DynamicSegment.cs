using System;
using System.Buffers.Binary;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Segments;

/// <summary>The bytes of dynamic objects (<see cref="DynamicArea"/>), as they are read from a segment or from a file that <c>dump</c> has made.</summary>
internal static class DynamicSegment
{
    /// <summary>How many bytes of the front say where the value ends.</summary>
    internal const int HeadSize = DynamicArea.LengthOffset + sizeof(ulong);

    /// <summary>How many bytes there are up to the value's end; up to its type where the length is none that it can have.</summary>
    /// <param name="head">The front of the segment.</param>
    /// <param name="segmentSize">The segment's size.</param>
    internal static int EndOf(ReadOnlySpan<byte> head, long segmentSize) =>
        DynamicArea.TryGetSize(LengthIn(head), out int size) && DynamicArea.EndOf(size) <= segmentSize
            ? (int)DynamicArea.EndOf(size)
            : DynamicArea.ValueOffset + 1;

    /// <summary>The value's bytes, as those of an object.</summary>
    /// <param name="bytes">A dynamic object: of its segment, what there is up to the value's end.</param>
    /// <param name="layout">The layout of that object; null where there is none.</param>
    /// <param name="problem">Why there is none.</param>
    internal static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> bytes, out ObjectLayout? layout, out string? problem)
    {
        if (!DynamicArea.TryGetSize(LengthIn(bytes), out int size) || DynamicArea.EndOf(size) > bytes.Length)
        {
            layout = null;
            problem = $"it can't have the {LengthIn(bytes)} bytes that it is said to have";
            return [];
        }

        ReadOnlySpan<byte> value = bytes.Slice(DynamicArea.ObjectOffset, size);
        layout = LayoutParser.ParseValue(value, out problem);
        return value;
    }

    private static ulong LengthIn(ReadOnlySpan<byte> head) => BinaryPrimitives.ReadUInt64LittleEndian(head[DynamicArea.LengthOffset..]);
}
