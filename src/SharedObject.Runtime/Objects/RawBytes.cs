using System;
using System.Buffers.Binary;
using SharedObjects.Wire;

namespace SharedObjects.Objects;

/// <summary>
/// An object as <see cref="RawObject"/> gives it: its bytes from the first to the last, and of a dynamic one its fixed part and, at once after
/// it, its value.
/// </summary>
/// <remarks>
/// <code>
///   0               8   9   10          16              24              128 129                   128 + length
///   +---------------+---+---+-----------+---------------+----------------+---+---------------------------+
///   |     mtime     |'d'| 1 |  (zeros)  |    length     |    (zeros)     |tag| data area of the value    |
///   +---------------+---+---+-----------+---------------+----------------+---+---------------------------+
/// </code>
/// The trailer, which is between the two in a segment, is left away. The value is an object's bytes again if eight bytes before its tag are
/// taken for that object's stamp.
/// </remarks>
internal static class RawBytes
{
    private const int ObjectOffset = DynamicArea.FixedSize - ObjectHeader.TagOffset;

    internal static bool IsDynamic(ReadOnlySpan<byte> bytes) =>
        bytes.Length > DynamicArea.FixedSize && bytes[ObjectHeader.TagOffset] == (byte)WireTag.Dynamic;

    /// <summary>How many bytes a dynamic object has in this form.</summary>
    /// <param name="size">The size of the object that its value's bytes are.</param>
    internal static int SizeOf(int size) => ObjectOffset + size;

    /// <summary>What a layout describes: all of an object, or the value of a dynamic one as an object's bytes.</summary>
    internal static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> bytes) => IsDynamic(bytes) ? bytes[ObjectOffset..] : bytes;

    /// <summary>The layout of what <see cref="ValueOf"/> gives.</summary>
    /// <param name="bytes">The object, which may be anything.</param>
    /// <param name="problem">Why it is none, for people to read.</param>
    /// <param name="maxParts">How many values it may consist of.</param>
    internal static ObjectLayout? Parse(ReadOnlySpan<byte> bytes, out string? problem, int maxParts = int.MaxValue)
    {
        if (IsDynamic(bytes))
        {
            problem = ProblemOf(bytes);
            return problem is null ? LayoutParser.ParseValue(ValueOf(bytes), out problem, maxParts) : null;
        }

        ObjectLayout? layout = LayoutParser.Parse(bytes, out problem, maxParts);
        if (layout is null || layout.BufferSize == bytes.Length)
        {
            return layout;
        }

        problem = $"it has {bytes.Length} bytes, and the object in it {layout.BufferSize}";
        return null;
    }

    /// <summary>Copies a dynamic object from its segment.</summary>
    /// <param name="head">Its fixed part.</param>
    /// <param name="value">The bytes of its value as those of an object.</param>
    /// <param name="destination">Where to, of the size of both.</param>
    internal static void Join(ReadOnlySpan<byte> head, ReadOnlySpan<byte> value, Span<byte> destination)
    {
        head.CopyTo(destination);
        value[ObjectHeader.TagOffset..].CopyTo(destination[DynamicArea.FixedSize..]);
    }

    private static string? ProblemOf(ReadOnlySpan<byte> bytes)
    {
        ulong head = BinaryPrimitives.ReadUInt64LittleEndian(bytes[ObjectHeader.TagOffset..]);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(bytes[DynamicArea.LengthOffset..]);
        return head != DynamicArea.Head ? $"it is a dynamic object of version {head >> 8}, and only {DynamicArea.Version} is known"
            : length != (ulong)(bytes.Length - DynamicArea.FixedSize) ? $"it is a dynamic object whose value has {length} bytes, and there are {bytes.Length - DynamicArea.FixedSize}"
            : bytes[(DynamicArea.LengthOffset + sizeof(ulong))..DynamicArea.FixedSize].ContainsAnyExcept((byte)0) ? "the fixed part of a dynamic object is zeros to its end, and this is not"
            : null;
    }
}
