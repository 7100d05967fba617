using SharedObjects.Interop;

namespace SharedObjects.Sync;

/// <summary>Makes stamps: the nanoseconds since the epoch that each write leaves in an object's first word.</summary>
internal static class StampClock
{
    private const ulong Day = 24UL * 60 * 60 * 1_000_000_000;

    /// <summary>
    /// A stamp for a write over one stamped <paramref name="previous"/>: the time now, but always another one than before, and
    /// later, even where the clock was set back. A previous stamp of more than a day ahead is garbage; it is not followed.
    /// </summary>
    internal static ulong Next(ulong previous) => Next(previous, Posix.Now());

    internal static ulong Next(ulong previous, ulong now) =>
        previous < now || previous - now > Day ? now : previous + 1;
}
