using System;
using SharedObjects.Interop;

namespace SharedObjects.Sync;

/// <summary>Makes stamps: the nanoseconds since the epoch that each write leaves in an object's first word.</summary>
internal static class StampClock
{
    private const ulong Day = 24UL * 60 * 60 * 1_000_000_000;

    /// <summary>
    /// A stamp for a write over ones that are in use: the time now, but always another one than those, and later, even where the clock
    /// was set back. A stamp of more than a day ahead is garbage, or hostile; it is not followed.
    /// </summary>
    internal static ulong Next(params ReadOnlySpan<ulong> inUse) => Next(Posix.Now(), inUse);

    internal static ulong Next(ulong now, ReadOnlySpan<ulong> inUse)
    {
        ulong next = now;
        foreach (ulong stamp in inUse)
        {
            if (stamp >= next && stamp - now <= Day)
            {
                next = stamp + 1;
            }
        }

        // One that is garbage may still be what the steps above have arrived at.
        while (inUse.Contains(next))
        {
            next++;
        }

        return next;
    }
}
