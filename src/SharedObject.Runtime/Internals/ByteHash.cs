using System;
using System.Buffers.Binary;

namespace SharedObjects.Internals;

/// <summary>A 64-bit hash of bytes, to notice that they have changed. Not stable across versions, and no protection against intent.</summary>
internal static class ByteHash
{
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15; // 2^64 divided by the golden ratio, odd: every bit reaches the upper half

    internal static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = (ulong)bytes.Length;
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte b in bytes)
        {
            hash = Mix(hash, b);
        }

        return hash;
    }

    private static ulong Mix(ulong hash, ulong word)
    {
        ulong product = (hash ^ word) * Multiplier;
        return product ^ (product >> 32);
    }
}
