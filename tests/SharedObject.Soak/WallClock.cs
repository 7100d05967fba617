using System;

namespace SharedObjects.Soak;

/// <summary>The clock that processes have in common, to 100 ns.</summary>
internal static class WallClock
{
    internal static ulong Now => (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
