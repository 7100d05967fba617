using System.Runtime.InteropServices;

namespace SharedObjects.Interop;

/// <content>Sleeping on words in memory, and waking who sleeps there: futex(2), futex_waitv(2).</content>
internal static unsafe partial class Posix
{
    private const int SYS_futex_X64 = 202;
    private const int SYS_futex_ARM64 = 98;
    private const int SYS_futex_waitv = 449; // the same number on every architecture
    private const int CLOCK_MONOTONIC = 1;

    /// <summary>How many words <see cref="FutexWaitAny"/> takes at a time (FUTEX_WAITV_MAX).</summary>
    internal const int MaxFutexWords = 128;

    /// <summary>Wakes all, in any process, who sleep on a word.</summary>
    internal static void FutexWakeAll(int* word)
    {
        const int FUTEX_WAKE = 1; // not private to the process
        _ = futex(FutexNumber, word, FUTEX_WAKE, int.MaxValue, null, null, 0);
    }

    /// <summary>Sleeps while a word has the given value, until it is woken. May end for no reason.</summary>
    /// <param name="word">A word that any process may wake.</param>
    /// <param name="value">The value.</param>
    /// <param name="until">The latest end, in nanoseconds of the monotonic clock; the largest number: none, and no timer.</param>
    internal static void FutexWait(int* word, int value, long until)
    {
        const int FUTEX_WAIT_BITSET = 9; // FUTEX_WAIT with the end as a point in time
        TimeSpecification end = At(until);
        _ = futex(FutexNumber, word, FUTEX_WAIT_BITSET, value, until == long.MaxValue ? null : &end, null, -1);
    }

    /// <summary>Whether there is <see cref="FutexWaitAny"/>: since Linux 5.16, unless a sandbox forbids it.</summary>
    internal static bool HasFutexWaitAny() =>
        syscall(SYS_futex_waitv, null, 0, 0, null, null, 0) < 0 && Marshal.GetLastPInvokeError() is not (Errno.ENOSYS or Errno.EPERM);

    /// <summary>Sleeps while all of some words have the given values, until one is woken. May end for no reason.</summary>
    /// <param name="words">The words, at most <see cref="MaxFutexWords"/>.</param>
    /// <param name="count">How many.</param>
    /// <param name="until">The latest end, in nanoseconds of the monotonic clock; the largest number: none, and no timer.</param>
    internal static void FutexWaitAny(FutexWord* words, int count, long until)
    {
        TimeSpecification end = At(until);
        _ = futex(SYS_futex_waitv, words, count, 0, until == long.MaxValue ? null : &end, (void*)CLOCK_MONOTONIC, 0);
    }

    private static long FutexNumber => IsArm64 ? SYS_futex_ARM64 : SYS_futex_X64;

    private static TimeSpecification At(long nanoseconds) =>
        new() { Seconds = (nint)(nanoseconds / 1_000_000_000), Nanoseconds = (nint)(nanoseconds % 1_000_000_000) };

    // May block: never without a GC transition. Without the error number, which is code that a thread that wakes would have to load.
    [LibraryImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial long futex(long number, void* first, long second, long third, void* fourth, void* fifth, long sixth);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial long syscall(long number, void* first, long second, long third, void* fourth, void* fifth, long sixth);
}
