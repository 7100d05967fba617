using System;
using System.Buffers.Binary;
using System.Diagnostics;

namespace SharedObjects.Bridging.Peers.Objects;

/// <summary>A block of bytes that says which one it is and when it was made, and of which one sees whether it is whole.</summary>
/// <remarks>
/// <code>
///   0               8               16
///   +---------------+---------------+--------------------- - -
///   |    number     |  made at, ns  | the number's last byte, over and over
///   +---------------+---------------+--------------------- - -
/// </code>
/// </remarks>
internal static class Block
{
    internal const int LeastSize = 16;

    /// <summary>Nanoseconds since the epoch: one clock for all the lab's hosts, as they are namespaces of one machine.</summary>
    internal static long Now => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    internal static void Fill(Span<byte> block, long number)
    {
        block[LeastSize..].Fill((byte)number);
        BinaryPrimitives.WriteInt64LittleEndian(block, number);
        BinaryPrimitives.WriteInt64LittleEndian(block[8..], Now);
    }

    internal static long NumberOf(ReadOnlySpan<byte> block) => BinaryPrimitives.ReadInt64LittleEndian(block);

    internal static long MadeAt(ReadOnlySpan<byte> block) => BinaryPrimitives.ReadInt64LittleEndian(block[8..]);

    internal static bool IsWhole(ReadOnlySpan<byte> block) => !block[LeastSize..].ContainsAnyExcept((byte)NumberOf(block));

    internal static double Seconds(long began) => Stopwatch.GetElapsedTime(began).TotalSeconds;
}
