using System;
using System.Collections.Generic;
using System.Threading;

namespace SharedObjects.Sync;

/// <summary>
/// Threads for calls that may block for ever. The thread pool must not be used for them, as it would starve; a new thread
/// a call would cost more than the wait.
/// </summary>
internal static class BlockingThreads
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(5);
    private static readonly Queue<Action> Work = [];
    private static int s_idle;

    /// <summary>Runs an action that does not throw, on a thread of its own.</summary>
    /// <returns>False if there is no thread to be had: the system has a limit. Nothing is left behind then.</returns>
    internal static bool TryRun(Action action)
    {
        lock (Work)
        {
            if (s_idle > Work.Count)
            {
                Work.Enqueue(action);
                Monitor.Pulse(Work);
                return true;
            }
        }

        return TryStart(() => Loop(action), "SharedObject lock wait");
    }

    /// <summary>Starts a thread; false if the system gives no more.</summary>
    internal static bool TryStart(ThreadStart run, string name)
    {
        try
        {
            new Thread(run, maxStackSize: 128 * 1024) { IsBackground = true, Name = name }.Start();
            return true;
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            return false;
        }
    }

    private static void Loop(Action? action)
    {
        while (true)
        {
            action!();
            lock (Work)
            {
                s_idle++;
                while (!Work.TryDequeue(out action))
                {
                    if (!Monitor.Wait(Work, IdleTime) && Work.Count == 0)
                    {
                        s_idle--;
                        return;
                    }
                }

                s_idle--;
            }
        }
    }
}
