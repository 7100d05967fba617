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
    internal static void Run(Action action)
    {
        lock (Work)
        {
            Work.Enqueue(action);
            if (s_idle >= Work.Count)
            {
                Monitor.Pulse(Work);
                return;
            }
        }

        new Thread(Loop, maxStackSize: 128 * 1024) { IsBackground = true, Name = "SharedObject lock wait" }.Start();
    }

    private static void Loop()
    {
        while (true)
        {
            Action? action;
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

            action();
        }
    }
}
