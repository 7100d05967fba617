using System;
using SharedObjects.Interop;
using SharedObjects.Sync;

namespace SharedObjects.Waiting;

/// <summary>Puts the calling thread to sleep until a word changes: a segment's, or a signal of this process's own.</summary>
internal static unsafe class Sleep
{
    private static volatile bool s_hasWaitAny = Posix.HasFutexWaitAny();

    /// <summary>Whether one call can sleep on several words. Tests set it.</summary>
    internal static bool HasWaitAny
    {
        get => s_hasWaitAny;
        set => s_hasWaitAny = value;
    }

    /// <summary>Sleeps on an object's wake word and a signal. May end for no reason.</summary>
    /// <param name="stamps">The object; not slept on unless it can be awaited.</param>
    /// <param name="wakes">What the wake word was when there was no news.</param>
    /// <param name="signal">The signal. Where one call can't sleep on both, it is not heard before the end.</param>
    /// <param name="signalled">What the signal was when nothing was announced.</param>
    /// <param name="until">The latest end, of the monotonic clock.</param>
    internal static void On(Stamps stamps, int wakes, WaitSignal signal, int signalled, long until)
    {
        if (!stamps.CanBeAwaited)
        {
            Posix.FutexWait(signal.DangerousWord, signalled, until);
        }
        else if (HasWaitAny)
        {
            OnBoth(stamps, wakes, signal, signalled, until);
        }
        else
        {
            Posix.FutexWait(stamps.DangerousWakeWord, wakes, until);
        }

        GC.KeepAlive(stamps);
        GC.KeepAlive(signal);
    }

    /// <summary>
    /// The same without an end, for who has found <see cref="HasWaitAny"/> to be true: whoever may have something to tell raises the signal.
    /// </summary>
    internal static void WithoutTimer(Stamps stamps, int wakes, WaitSignal signal, int signalled)
    {
        if (stamps.CanBeAwaited)
        {
            OnBoth(stamps, wakes, signal, signalled, MonotonicClock.Never);
        }
        else
        {
            Posix.FutexWait(signal.DangerousWord, signalled, MonotonicClock.Never);
        }

        GC.KeepAlive(stamps);
        GC.KeepAlive(signal);
    }

    private static void OnBoth(Stamps stamps, int wakes, WaitSignal signal, int signalled, long until)
    {
        FutexWord* words = stackalloc FutexWord[2];
        words[0] = new FutexWord(stamps.DangerousWakeWord, wakes);
        words[1] = new FutexWord(signal.DangerousWord, signalled);
        Posix.FutexWaitAny(words, 2, until);
    }
}
