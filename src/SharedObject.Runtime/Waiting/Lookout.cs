using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using SharedObjects.Interop;
using SharedObjects.Sync;

namespace SharedObjects.Waiting;

/// <summary>
/// The thread that looks now and then on behalf of those that sleep without a timer: for values of writers that wake nobody, names that lead
/// elsewhere, ends of waits. There is none where nobody sleeps so.
/// </summary>
internal static unsafe class Lookout
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(1);
    private static readonly Lock Gate = new();
    private static readonly List<Sleeper> Watched = [];
    private static readonly WaitSignal Signal = new();
    private static bool s_isRunning;

    /// <summary>How many handles of an object are looked after.</summary>
    internal static int CountFor(string name)
    {
        lock (Gate)
        {
            return Watched.Count(sleeper => sleeper.ObjectName == name);
        }
    }

    /// <summary>Looks after a sleeper from now on, until it has not slept for a while.</summary>
    /// <returns>False if there is nobody to do that: the system gives no more threads.</returns>
    internal static bool TryWatch(Sleeper sleeper)
    {
        lock (Gate)
        {
            if (sleeper.IsWatched)
            {
                return true;
            }

            bool wasRunning = s_isRunning;
            if (!wasRunning && !BlockingThreads.TryStart(Run, "SharedObject lookout"))
            {
                return false;
            }

            s_isRunning = true;
            sleeper.IsWatched = true;
            Watched.Add(sleeper);
            if (!wasRunning)
            {
                return true;
            }
        }

        Signal.Raise(); // its steps may be shorter than the others'
        return true;
    }

    private static void Run()
    {
        List<Sleeper> asleep = [];
        long forgets = MonotonicClock.In(IdleTime);
        while (true)
        {
            int signalled = Signal.Value;
            long now = MonotonicClock.Now;
            long step = long.MaxValue;
            asleep.Clear();
            lock (Gate)
            {
                if (now >= forgets)
                {
                    forgets = now + MonotonicClock.Nanoseconds(IdleTime);
                    Watched.RemoveAll(static sleeper => !StaysWatched(sleeper));
                    if (Watched.Count == 0)
                    {
                        s_isRunning = false;
                        return;
                    }
                }

                foreach (Sleeper sleeper in Watched)
                {
                    step = Math.Min(step, sleeper.Step);
                    if (sleeper.IsAsleep)
                    {
                        asleep.Add(sleeper);
                    }
                }
            }

            foreach (Sleeper sleeper in asleep)
            {
                sleeper.Look(now); // not under the lock: it may ask the file system
            }

            Posix.FutexWait(Signal.DangerousWord, signalled, now + step);
        }
    }

    private static bool StaysWatched(Sleeper sleeper)
    {
        if (sleeper.IsAsleep)
        {
            return true;
        }

        // Told first and asked again after a full fence: a thread that falls asleep just now sees that nobody looks after it, or is seen here.
        sleeper.IsWatched = false;
        Interlocked.MemoryBarrier();
        return sleeper.IsWatched = sleeper.IsAsleep;
    }
}
