using System.Runtime.InteropServices;
using System.Threading;

namespace SharedObjects.Benchmarks.Baselines;

/// <summary>The calls that the baselines are made of: as bare as C# can make them, without an error number.</summary>
internal static unsafe partial class Native
{
    internal const int LockShared = 1;
    internal const int LockExclusive = 2;
    internal const int Unlock = 8;

    private const int ClockRealtime = 0;
    private const int ClockProcessCpu = 2;
    private const int AbsoluteTime = 1;
    private const long Second = 1_000_000_000; // ns

    /// <summary>The clock that stamps are made of: nanoseconds since the epoch.</summary>
    internal static long Now() => Read(ClockRealtime);

    /// <summary>The processor time, in nanoseconds, of all threads of this process since its start.</summary>
    internal static long ProcessorTime() => Read(ClockProcessCpu);

    /// <summary>Lets time pass until <see cref="Now"/> is the given one.</summary>
    internal static void Pass(bool spin, long until)
    {
        while (spin && Now() < until)
        {
            Thread.SpinWait(1);
        }

        Time end = new((nint)(until / Second), (nint)(until % Second));
        if (!spin)
        {
            _ = clock_nanosleep(ClockRealtime, AbsoluteTime, &end, null);
        }
    }

    private static long Read(int clock)
    {
        Time time;
        _ = clock_gettime(clock, &time);
        return (time.Seconds * Second) + time.Nanoseconds;
    }

    private readonly record struct Time(nint Seconds, nint Nanoseconds);

    [LibraryImport("libc")]
    [SuppressGCTransition] // never blocks
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int clock_gettime(int clock, Time* time);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int clock_nanosleep(int clock, int flags, Time* time, Time* left);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int open(string path, int flags);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int close(int descriptor);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int flock(int descriptor, int operation);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial byte* mmap(nint address, nint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int munmap(byte* address, nint length);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int sched_setaffinity(int thread, nint size, ulong* mask);
}
