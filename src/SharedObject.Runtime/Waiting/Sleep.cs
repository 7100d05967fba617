using System;
using SharedObjects.Interop;
using SharedObjects.Sync;

namespace SharedObjects.Waiting;

/// <summary>Puts the calling thread to sleep until a word changes: a segment's, or a signal of this process's own.</summary>
internal static unsafe class Sleep
{
    private static volatile bool s_hasWaitAny = true;

    /// <summary>
    /// Whether one call can sleep on several words (Linux 5.16, and not forbidden by a sandbox). Found out by trying; tests set it.
    /// </summary>
    internal static bool HasWaitAny
    {
        get => s_hasWaitAny;
        set => s_hasWaitAny = value;
    }

    /// <summary>Sleeps on an object's wake word and a signal. May end for no reason.</summary>
    /// <param name="stamps">The object; not slept on unless it can be awaited.</param>
    /// <param name="wakes">What the wake word was when there was no news.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="signalled">What the signal was when nothing was announced.</param>
    /// <param name="until">The latest end, of the monotonic clock.</param>
    internal static void On(Stamps stamps, int wakes, WaitSignal signal, int signalled, long until)
    {
        if (!stamps.CanBeAwaited)
        {
            _ = Posix.FutexWait(signal.DangerousWord, signalled, until);
        }
        else
        {
            FutexWord* words = stackalloc FutexWord[2];
            words[0] = new FutexWord(stamps.DangerousWakeWord, wakes);
            words[1] = new FutexWord(signal.DangerousWord, signalled);
            if (!TryOnAny(words, 2, until))
            {
                // The signal is not heard then before the end.
                _ = Posix.FutexWait(stamps.DangerousWakeWord, wakes, until);
            }
        }

        GC.KeepAlive(stamps);
        GC.KeepAlive(signal);
    }

    /// <summary>Sleeps on several words. May end for no reason.</summary>
    /// <returns>False if the system can't do that; it did not sleep.</returns>
    internal static bool TryOnAny(FutexWord* words, int count, long until)
    {
        if (!s_hasWaitAny)
        {
            return false;
        }

        if (Posix.FutexWaitAny(words, count, until) is -Errno.ENOSYS or -Errno.EPERM)
        {
            s_hasWaitAny = false;
            return false;
        }

        return true;
    }
}
