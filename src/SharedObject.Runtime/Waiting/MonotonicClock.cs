using System;
using System.Diagnostics;

namespace SharedObjects.Waiting;

/// <summary>The clock that sleeps end by: CLOCK_MONOTONIC in nanoseconds, which is what .NET's stopwatch reads on Linux.</summary>
internal static class MonotonicClock
{
    internal const long Millisecond = 1_000_000;

    internal static long Now => Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency);

    internal static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>A point in time from now; the end of time for an infinite span.</summary>
    internal static long In(TimeSpan time) => time < TimeSpan.Zero ? long.MaxValue : Now + Nanoseconds(time);
}
