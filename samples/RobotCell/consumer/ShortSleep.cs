using System.Runtime.InteropServices;

namespace SharedObjects.Samples.RobotCell;

/// <summary>Sleeps of less than a millisecond, which <c>Thread.Sleep</c> does not have.</summary>
internal static partial class ShortSleep
{
    public static void Microseconds(int count)
    {
        var time = new TimeSpec(0, count * 1000);
        // A signal may end it early; for a loop that only looks more often that is all right.
        _ = NanoSleep(in time, 0);
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in TimeSpec time, nint rest);

    private readonly record struct TimeSpec(nint Seconds, nint Nanoseconds);
}
