using System;

namespace SharedObjects.Samples.RobotCell;

/// <summary>The clock that values are stamped with.</summary>
internal static class WallClock
{
    /// <summary>Nanoseconds since the epoch, as Python's <c>time.time_ns()</c>.</summary>
    public static long Now => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
