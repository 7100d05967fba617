using System;
using System.Buffers.Binary;
using System.Diagnostics;
using SharedObjects.Interop;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Segments;

/// <summary>Reads one object's mtime.</summary>
internal static class StampReader
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_step = TimeSpan.FromMicroseconds(200);

    /// <summary>The stamp; null where the object has gone, or only its lock could tell a stamp of 0 from a write in progress.</summary>
    internal static ulong? TryRead(string name)
    {
        using SegmentFile? file = SegmentFile.TryOpen(name, out _);
        if (file is null)
        {
            return null;
        }

        long began = Stopwatch.GetTimestamp();
        do
        {
            // The unlocked look serves nearly always; for a 0 a write must be excluded.
            if (Load(file) is not 0 and var stamp)
            {
                return stamp;
            }

            if (Posix.TryLock(file.Number, Posix.LockOperation.Shared) >= 0)
            {
                ulong? locked = Load(file);
                _ = Posix.Unlock(file.Number);
                return locked;
            }

            Posix.Sleep(s_step);
        }
        while (Stopwatch.GetElapsedTime(began) < s_longestWait);
        return null;
    }

    private static ulong? Load(SegmentFile file)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        return file.Read(word, ObjectHeader.StampOffset) == word.Length ? BinaryPrimitives.ReadUInt64LittleEndian(word) : null;
    }
}
