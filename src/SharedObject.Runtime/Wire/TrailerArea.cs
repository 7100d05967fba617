using System;
using System.Buffers.Binary;

namespace SharedObjects.Wire;

/// <summary>
/// What our peers keep in a segment behind the object, where plain Python peers never look: the stamps of the lock-free read
/// protocol, and the words that waiters sleep on.
/// </summary>
/// <remarks>
/// It begins at the first multiple of 128 bytes at or behind the object's end, so that it never lies across two pages: one
/// <c>pwrite</c> then makes all of it or nothing. Two cache lines, so that waiters that come and go do not slow readers, who look at
/// the first only:
/// <code>
///   0               8               16              24              32                              64
///   +---------------+---------------+---------------+---------------+-------------------------------+
///   |     magic     |    writing    |    commit     |  schema hash  |           (zeros)             |
///   +---------------+---------------+---------------+---------------+-------------------------------+
///   64      68      72                                                                              128
///   +-------+-------+-------------------------------------------------------------------------------+
///   | wake  |waiters|                               (zeros)                                         |
///   +-------+-------+-------------------------------------------------------------------------------+
/// </code>
/// A segment whose magic has another version has a trailer that this version must not touch: it is used as if there were none.
/// </remarks>
public static class TrailerArea
{
    /// <summary>The trailer begins at a multiple of this.</summary>
    public const int Alignment = 128;

    /// <summary>magic, u64: seven letters and the version.</summary>
    public const int MagicOffset = 0;

    /// <summary>writing, u64: the stamp of a C# write that has begun and not ended; 0 if there is none.</summary>
    public const int WritingOffset = 8;

    /// <summary>commit, u64: the stamp of the last write that is known to be complete; 0 if none is.</summary>
    public const int CommitOffset = 16;

    /// <summary>schema hash, u64: of the schema that made the object; 0 if none did.</summary>
    public const int SchemaHashOffset = 24;

    /// <summary>wake, u32: grows by one with each write of a peer that knows the trailer; the futex word.</summary>
    public const int WakeOffset = 64;

    /// <summary>waiters, u32: how many wait on <see cref="WakeOffset"/>, at least.</summary>
    public const int WaitersOffset = 68;

    /// <summary>The size of the trailer in bytes.</summary>
    public const int Size = 128;

    /// <summary>The version of this trailer.</summary>
    public const byte Version = 1;

    private const int VersionShift = 56;

    /// <summary>The magic of this version: "SHOBTRL" and the version, as they stand in memory.</summary>
    public static ulong Magic { get; } = BinaryPrimitives.ReadUInt64LittleEndian("SHOBTRL\0"u8) | ((ulong)Version << VersionShift);

    /// <summary>Where the trailer of an object begins.</summary>
    /// <param name="bufferSize">The size of the object.</param>
    public static int OffsetFor(int bufferSize) => checked(bufferSize + Alignment - 1) & -Alignment;

    /// <summary>The size of a segment with a trailer.</summary>
    /// <param name="bufferSize">The size of the object.</param>
    public static int SegmentSizeFor(int bufferSize) => checked(OffsetFor(bufferSize) + Size);

    /// <summary>Writes a trailer.</summary>
    /// <param name="trailer">Where it goes: <see cref="Size"/> bytes.</param>
    /// <param name="schemaHash">The hash of the schema that made the object; 0 if none did.</param>
    /// <param name="commit">The stamp of the value that is there; 0 if it is not known to be whole.</param>
    internal static void Write(Span<byte> trailer, ulong schemaHash, ulong commit)
    {
        trailer.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(trailer[MagicOffset..], Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(trailer[CommitOffset..], commit);
        BinaryPrimitives.WriteUInt64LittleEndian(trailer[SchemaHashOffset..], schemaHash);
    }

    /// <summary>Whether what follows an object is nothing, or a trailer of any version.</summary>
    /// <param name="segment">The whole segment.</param>
    /// <param name="bufferSize">The size of the object.</param>
    internal static bool IsLegalAfter(ReadOnlySpan<byte> segment, int bufferSize) =>
        segment.Length == bufferSize || IsAnyAfter(segment, bufferSize) || IsUnfinishedAfter(segment, bufferSize);

    /// <summary>
    /// Whether somebody has made room for a trailer and died before it was there: the next adopter finishes it. Not behind a tag of 0,
    /// where it would be an object that Python is just making.
    /// </summary>
    /// <param name="segment">The whole segment.</param>
    /// <param name="bufferSize">The size of the object.</param>
    internal static bool IsUnfinishedAfter(ReadOnlySpan<byte> segment, int bufferSize) =>
        segment.Length == SegmentSizeFor(bufferSize)
        && segment[ObjectHeader.TagOffset] != (byte)WireTag.None
        && BinaryPrimitives.ReadUInt64LittleEndian(segment[OffsetFor(bufferSize)..]) == 0;

    /// <summary>Whether an object has a trailer of any version behind it.</summary>
    /// <param name="segment">The whole segment.</param>
    /// <param name="bufferSize">The size of the object.</param>
    internal static bool IsAnyAfter(ReadOnlySpan<byte> segment, int bufferSize)
    {
        const int ButVersion = 64 - VersionShift;
        int offset = OffsetFor(bufferSize);
        return segment.Length >= offset + Size
            && BinaryPrimitives.ReadUInt64LittleEndian(segment[offset..]) << ButVersion == Magic << ButVersion;
    }

    /// <summary>Whether an object has a trailer of this version behind it.</summary>
    /// <param name="segment">The whole segment.</param>
    /// <param name="bufferSize">The size of the object.</param>
    internal static bool IsAfter(ReadOnlySpan<byte> segment, int bufferSize)
    {
        int offset = OffsetFor(bufferSize);
        return segment.Length >= offset + Size && BinaryPrimitives.ReadUInt64LittleEndian(segment[offset..]) == Magic;
    }
}
