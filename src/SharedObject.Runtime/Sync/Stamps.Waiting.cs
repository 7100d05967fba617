using System;
using System.Collections.Generic;
using System.Threading;
using SharedObjects.Wire;

namespace SharedObjects.Sync;

/// <content>Waiting (docs/protocol.md, "Waiting"): the word that writers count up, and the count of those who sleep on it.</content>
internal sealed unsafe partial class Stamps
{
    private const int Ended = int.MinValue / 2; // more than threads can come and go

    // Those that were ever waited for, to take back at the end of the process what its threads and tasks still count for.
    private static readonly List<WeakReference<Stamps>> Awaited = [];

    private static bool s_takesBack;

    private int _waiters; // of this process; from Ended on when it has been taken back
    private volatile bool _isListed;

    /// <summary>
    /// Whether writers can be told that somebody waits. If not (there is no trailer, or it may not be written), nobody wakes the waiter,
    /// and it has to look now and then.
    /// </summary>
    internal bool CanBeAwaited => HasTrailer && Mapping.IsWritable;

    /// <summary>How many writes of peers that know the trailer there have been. To be read before the stamp that is waited for.</summary>
    internal int Wakes
    {
        get
        {
            int wakes = Volatile.Read(ref *DangerousWakeWord);
            GC.KeepAlive(this);
            return wakes;
        }
    }

    /// <summary>The word to sleep on. The caller keeps this object alive meanwhile, and has asked <see cref="CanBeAwaited"/>.</summary>
    internal int* DangerousWakeWord => (int*)(_trailer + TrailerArea.WakeOffset);

    /// <summary>
    /// Counts a waiter in. A full fence: whoever looks for news from now on sees it, or is woken by its writer.
    /// </summary>
    internal void EnterWait()
    {
        if (!_isListed)
        {
            List();
        }

        // In the segment first: did the process end between the two, it must not take back what was never counted there. The count would be
        // one too low for good, and the only waiter of another process then be taken for none.
        Interlocked.Increment(ref Waiters);
        if (Interlocked.Increment(ref _waiters) <= 0)
        {
            Interlocked.Decrement(ref Waiters); // it has ended
        }

        GC.KeepAlive(this);
    }

    /// <summary>Counts a waiter out.</summary>
    internal void LeaveWait()
    {
        if (Interlocked.Decrement(ref _waiters) >= 0)
        {
            Interlocked.Decrement(ref Waiters);
        }

        GC.KeepAlive(this);
    }

    private ref int Waiters => ref *(int*)(_trailer + TrailerArea.WaitersOffset);

    private void List()
    {
        lock (Awaited)
        {
            if (_isListed)
            {
                return;
            }

            _isListed = true;
            if (!s_takesBack)
            {
                s_takesBack = true;
                AppDomain.CurrentDomain.ProcessExit += static (_, _) => TakeBack();
            }

            if (Awaited.Count == Awaited.Capacity)
            {
                Awaited.RemoveAll(static reference => !reference.TryGetTarget(out _)); // as often as the list would have to grow
            }

            Awaited.Add(new WeakReference<Stamps>(this));
        }
    }

    /// <summary>
    /// The process ends while threads of the background may be asleep, and asynchronous waits have just been answered: nobody will count
    /// those out, and each write would make a system call for them for as long as the segment lives.
    /// </summary>
    private static void TakeBack()
    {
        lock (Awaited)
        {
            foreach (WeakReference<Stamps> reference in Awaited)
            {
                if (reference.TryGetTarget(out Stamps? stamps))
                {
                    int waiters = Interlocked.Exchange(ref stamps._waiters, Ended);
                    if (waiters > 0) // else the segment is not touched: it may have been truncated long ago
                    {
                        Interlocked.Add(ref stamps.Waiters, -waiters);
                        GC.KeepAlive(stamps);
                    }
                }
            }
        }
    }
}
