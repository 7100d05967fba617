using System;
using System.Buffers.Binary;

namespace SharedObjects.Wire;

/// <summary>The data area of <c>str</c>, <c>bytes</c> and <c>bytearray</c>.</summary>
/// <remarks>
/// <code>
///   0               8                            8 + D
///   +---------------+---------+------+-----------+
///   |       D       | payload | 0xFF | zeros ... |
///   +---------------+---------+------+-----------+
/// </code>
/// A reader takes the D bytes, drops the trailing zeros and then the last byte; so the payload may itself end in zeros,
/// and holds at most D - 1 bytes.
/// </remarks>
public static class BytesArea
{
    /// <summary>D, u64: the bytes that follow.</summary>
    public const int SizeOffset = 0;

    /// <summary>Where the payload begins.</summary>
    public const int PayloadOffset = 8;

    /// <summary>The byte behind the payload, which keeps the payload's own trailing zeros apart from the padding.</summary>
    public const byte Terminator = 0xFF;

    /// <summary>Python's default <c>init_size</c>.</summary>
    public const int DefaultInitSize = 100;

    /// <summary>
    /// The capacity (D - 1) that Python gives a new object for a payload of <paramref name="length"/> bytes:
    /// twice the payload if that reaches <paramref name="initSize"/>, else <paramref name="initSize"/>.
    /// </summary>
    /// <param name="length">The payload's length in bytes.</param>
    /// <param name="initSize">The <c>init_size</c> of the rule.</param>
    /// <exception cref="OverflowException">Twice the payload is more than an object can hold.</exception>
    public static int CapacityFor(int length, int initSize) => Math.Max(checked(2 * length), initSize);

    /// <summary>The payload in a bytes area.</summary>
    /// <param name="area">The area from <see cref="PayloadOffset"/> on: the D bytes.</param>
    public static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> area)
    {
        int end = area.LastIndexOfAnyExcept((byte)0); // of the terminator; vectorised, as most of an area is padding
        return end <= 0 ? [] : area[..end];
    }

    /// <summary>Writes D, the payload, the terminator and the zeros.</summary>
    /// <param name="area">The whole area, D included.</param>
    /// <param name="payload">The payload, at most <c>area.Length - 9</c> bytes.</param>
    public static void Write(Span<byte> area, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(area, (ulong)(area.Length - PayloadOffset));
        WritePayload(area[PayloadOffset..], payload);
    }

    /// <summary>Writes the payload, the terminator and the zeros.</summary>
    /// <param name="area">The area from <see cref="PayloadOffset"/> on: the D bytes.</param>
    /// <param name="payload">The payload, at most one byte shorter than <paramref name="area"/>.</param>
    public static void WritePayload(Span<byte> area, ReadOnlySpan<byte> payload)
    {
        payload.CopyTo(area);
        area[payload.Length] = Terminator;
        area[(payload.Length + 1)..].Clear();
    }
}
