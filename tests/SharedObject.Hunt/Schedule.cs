using System;
using System.Diagnostics;

namespace SharedObjects.Hunt;

/// <summary>Which object is hunted when: all processes go through them together, by the clock that they share.</summary>
/// <param name="Origin">When the first slice begins, in nanoseconds of CLOCK_MONOTONIC.</param>
/// <param name="End">When the hunt ends.</param>
internal sealed record Schedule(long Origin, long End)
{
    // Short beside a second, so that each kill may hit any object; long beside the largest write. hunt.py has the same.
    internal const long Slice = 40_000_000;

    internal static long Now => Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency);

    internal bool HasEnded => Now >= End;

    internal int IndexOf(int count) => (int)(Math.Max(0, Now - Origin) / Slice % count);
}
