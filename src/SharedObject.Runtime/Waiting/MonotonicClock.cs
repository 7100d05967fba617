using System;
using System.Diagnostics;

namespace SharedObjects.Waiting;

/// <summary>The clock that sleeps end by: CLOCK_MONOTONIC in nanoseconds, which is what .NET's stopwatch reads on Linux.</summary>
internal static class MonotonicClock
{
    internal const long Millisecond = 1_000_000;

    /// <summary>The end of time: for a sleep without a timer.</summary>
    internal const long Never = long.MaxValue;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(365 * 100);

    internal static long Now => Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency);

    internal static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>A point in time from now; <see cref="Never"/> for an infinite span, and for one of more nanoseconds than a long can have.</summary>
    internal static long In(TimeSpan time) => time < TimeSpan.Zero || time > Longest ? Never : Now + Nanoseconds(time);
}
