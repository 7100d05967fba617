using System;
using System.Buffers.Binary;
using SharedObjects.Benchmarks.Baselines;

namespace SharedObjects.Benchmarks.Bridge;

/// <summary>What is sent: its number within the round, the time just before it was handed over, and bytes that do not compress.</summary>
internal static class Stamped
{
    private const int TimeOffset = sizeof(long);

    internal static byte[] Make(int size)
    {
        byte[] bytes = new byte[size];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    internal static void Stamp(Span<byte> bytes, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[TimeOffset..], Native.Now());
    }

    internal static long NumberOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes);

    internal static long TimeOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes[TimeOffset..]);
}
