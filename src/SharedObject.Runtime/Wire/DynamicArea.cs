using System;
using System.Buffers.Binary;

namespace SharedObjects.Wire;

/// <summary>An object whose value may be of another type, shape or size after each assign: a segment that grows.</summary>
/// <remarks>
/// <code>
///   0               8   9   10          16              24                                         128
///   +---------------+---+---+-----------+---------------+-------------------------------------------+
///   |     mtime     |'d'| 1 |  (zeros)  |    length     |                  (zeros)                  |
///   +---------------+---+---+-----------+---------------+-------------------------------------------+
///   128                                                                             248             256
///   +-------------------------------------------------------------------------------+---------------+
///   |                        trailer (TrailerArea)                                  | (its last 8)  |
///   +-------------------------------------------------------------------------------+---------------+
///   256 257                                       256 + length                             whole pages
///   +---+-----------------------------------------+----------------------- - -  ------------+
///   |tag| data area of the value                  | room to grow, of any contents           |
///   +---+-----------------------------------------+----------------------- - -  ------------+
/// </code>
/// To all that is older it is an object of 128 bytes, and its trailer is where the usual rule puts it: neither moves when the segment
/// grows. The value is what an ordinary object has from offset 8 on, so that its bytes are those of an object that began at 248; the
/// last eight bytes of the trailer, where that object's stamp would be, are zeros that nobody uses. The segment only ever grows:
/// what was mapped of it stays right, and who finds a length beyond its mapping maps anew.
/// </remarks>
public static class DynamicArea
{
    /// <summary>version, u8: behind the tag, in a word of which the other bytes are zeros.</summary>
    public const int VersionOffset = 9;

    /// <summary>length, u64: how many bytes the value has, from its tag on; at least 1.</summary>
    public const int LengthOffset = 16;

    /// <summary>The size in bytes of the part that is fixed, before the trailer.</summary>
    public const int FixedSize = 128;

    /// <summary>Where the value's tag is, behind the trailer.</summary>
    public const int ValueOffset = 256;

    /// <summary>The version of this form.</summary>
    public const byte Version = 1;

    /// <summary>Where the value would begin if it were an object, with a stamp: codecs get the bytes from here on.</summary>
    internal const int ObjectOffset = ValueOffset - ObjectHeader.TagOffset;

    /// <summary>The word at <see cref="ObjectHeader.TagOffset"/>: tag, version, and zeros that a later version might use.</summary>
    internal const ulong Head = (ulong)WireTag.Dynamic | ((ulong)Version << 8);

    // Twice as much each time is what keeps reallocations rare; from here on that would be too generous to other users of the memory.
    private const int DoublingLimit = 64 << 20;

    /// <summary>The size in bytes of the largest segment of this kind: whole pages, and not more than can be opened.</summary>
    internal static int MaxSegmentSize { get; } = ObjectLayout.MaxBufferSize & -Environment.SystemPageSize;

    /// <summary>The value's bytes as those of an object, if its length can be one; it need not be in the segment.</summary>
    /// <param name="length">The length, as it was read.</param>
    /// <param name="size">The size of that object.</param>
    internal static bool TryGetSize(ulong length, out int size)
    {
        bool isPossible = length >= 1 && length <= (ulong)(MaxSegmentSize - ValueOffset);
        size = isPossible ? ObjectHeader.TagOffset + (int)length : 0;
        return isPossible;
    }

    /// <summary>The length of a value.</summary>
    /// <param name="size">The size of the object that its bytes are.</param>
    internal static ulong LengthOf(int size) => (ulong)(size - ObjectHeader.TagOffset);

    /// <summary>Where a value ends in its segment.</summary>
    /// <param name="size">The size of the object that its bytes are.</param>
    internal static long EndOf(int size) => (long)ObjectOffset + size;

    /// <summary>The size of a segment that just holds so many bytes: whole pages, as it has them anyway.</summary>
    internal static long SegmentSizeFor(long needed)
    {
        long page = Environment.SystemPageSize;
        return (needed + page - 1) & -page;
    }

    /// <summary>The size that a segment grows to.</summary>
    /// <param name="size">The size it has.</param>
    /// <param name="needed">The size it needs, at most <see cref="MaxSegmentSize"/>.</param>
    internal static long GrownSize(long size, long needed)
    {
        long generous = size < DoublingLimit ? 2 * size : size + (size / 4);
        return Math.Min(SegmentSizeFor(Math.Max(needed, generous)), MaxSegmentSize);
    }

    /// <summary>Writes length and value into a new segment.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="value">The value's bytes as those of an object.</param>
    internal static void WriteFirst(Span<byte> segment, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(segment[LengthOffset..], LengthOf(value.Length));
        value[ObjectHeader.TagOffset..].CopyTo(segment[ValueOffset..]);
    }

    /// <summary>What keeps a segment with this tag from being a dynamic object, or null. Its value is not looked at.</summary>
    internal static string? ProblemOf(ReadOnlySpan<byte> segment)
    {
        if (segment.Length <= ValueOffset)
        {
            return $"its type tag is {(int)WireTag.Dynamic}, that of a dynamic object, which has at least {ValueOffset + 1} bytes; it has {segment.Length}";
        }

        ulong head = BinaryPrimitives.ReadUInt64LittleEndian(segment[ObjectHeader.TagOffset..]);
        return head != Head ? $"it is a dynamic object of version {head >> 8}, and only {Version} is known"
            : !TrailerArea.IsAfter(segment, FixedSize) ? $"it is a dynamic object without a trailer of version {TrailerArea.Version}"
            : null;
    }
}
