using System;
using System.Buffers.Binary;

namespace SharedObjects.Wire;

/// <summary>The data area of <c>tuple</c>, <c>list</c> and <c>set</c>.</summary>
/// <remarks>
/// <code>
///   0               8               16
///   +---------------+---------------+---+-----------+---+-----------+---+---- - -
///   |       L       |     count     |tag| slot data |tag| slot data |tag| next slot ...
///   +---------------+---------------+---+-----------+---+-----------+---+---- - -
///                   |&lt;----------------------- L bytes ---------------------- - -
/// </code>
/// Each slot is a whole value with its own tag, also the spare ones: the first <c>count</c> slots are the elements, the others
/// have a type and no meaning. So a list can grow and shrink within an object whose tags and sizes stay as they were made, and a
/// peer that mounts an empty one sees what it can hold. A tuple has no spare slots.
/// </remarks>
public static class SequenceArea
{
    /// <summary>L, u64: the bytes that follow.</summary>
    public const int SizeOffset = 0;

    /// <summary>count, u64: how many of the slots are elements.</summary>
    public const int CountOffset = 8;

    /// <summary>Where the first slot's tag is.</summary>
    public const int SlotsOffset = 16;

    /// <summary>The number of elements that an area claims to have; it need not be true.</summary>
    /// <param name="area">The area.</param>
    internal static ulong ReadCount(ReadOnlySpan<byte> area) => BinaryPrimitives.ReadUInt64LittleEndian(area[CountOffset..]);

    /// <summary>Writes the number of elements.</summary>
    /// <param name="area">The area.</param>
    /// <param name="count">How many of the slots are elements.</param>
    internal static void WriteCount(Span<byte> area, int count) =>
        BinaryPrimitives.WriteUInt64LittleEndian(area[CountOffset..], (ulong)count);
}
