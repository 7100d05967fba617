using System;
using System.Collections.Generic;
using System.Threading;
using SharedObjects.Interop;
using SharedObjects.Sync;

namespace SharedObjects.Waiting;

/// <summary>
/// A thread that sleeps on the wake words of up to 127 objects at once, and on a signal of its own by which it is told of others.
/// Everything but its sleep under <see cref="WaitHub.Gate"/>.
/// </summary>
internal sealed unsafe class WaitShard
{
    private const int MaxEntries = Posix.MaxFutexWords - 1; // and the signal
    private const int StackSize = 512 * 1024; // listeners may send by TLS, say
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(5);

    private readonly WaitSignal _signal = new();
    private readonly List<WaitEntry> _entries = [];
    private readonly Stamps?[] _held = new Stamps?[MaxEntries]; // keeps alive what is slept on
    private readonly List<Action> _news = []; // listeners to be called; the thread's own
    private long _sleepsUntil;
    private bool _isRunning;

    internal bool HasRoom => _entries.Count < MaxEntries;

    /// <summary>Sees to it that an entry is looked at: now, and as long as somebody waits for it.</summary>
    internal void Add(WaitEntry entry, long now)
    {
        bool isNew = entry.Shard is null;
        if (isNew)
        {
            entry.Shard = this;
            _entries.Add(entry);
        }

        long next = Look(entry, now);
        if (!_isRunning)
        {
            new Thread(Run, StackSize) { IsBackground = true, Name = "SharedObject waits" }.Start();
            _isRunning = true; // only now: where the system gives no more threads, the next who waits tries again
        }
        else if (next != 0 && (isNew || entry.HasNews || next < _sleepsUntil))
        {
            _signal.Raise();
        }
    }

    /// <summary>Has the thread look at all its entries.</summary>
    internal void Wake() => _signal.Raise();

    /// <summary>Looks at an entry, and lets go of it where nobody waits any more.</summary>
    /// <returns>When to look again; 0 if it was let go.</returns>
    internal long Look(WaitEntry entry, long now)
    {
        long next = entry.Look(now);
        if (next == 0)
        {
            entry.Leave();
            entry.Shard = null;
            _entries.Remove(entry);
        }

        return next;
    }

    private void Run()
    {
        FutexWord* words = stackalloc FutexWord[Posix.MaxFutexWords];
        long idleSince = 0;
        while (true)
        {
            int signalled = _signal.Value;
            int count = 1;
            lock (WaitHub.Gate)
            {
                long now = MonotonicClock.Now;
                long until = now + MonotonicClock.Nanoseconds(IdleTime);
                for (int i = _entries.Count - 1; i >= 0; i--)
                {
                    long next = Look(_entries[i], now);
                    until = next == 0 ? until : Math.Min(until, next);
                }

                foreach (WaitEntry entry in _entries)
                {
                    if (entry.TakeNews() is { } listener)
                    {
                        _news.Add(listener);
                    }

                    if (entry.HasWakeWord)
                    {
                        _held[count - 1] = entry.Stamps;
                        words[count++] = new FutexWord(entry.Stamps.DangerousWakeWord, entry.Wakes);
                    }
                }

                idleSince = _entries.Count > 0 ? 0 : idleSince == 0 ? now : idleSince;
                if (idleSince != 0 && now - idleSince > MonotonicClock.Nanoseconds(IdleTime))
                {
                    _isRunning = false;
                    return;
                }

                _sleepsUntil = until;
            }

            words[0] = new FutexWord(_signal.DangerousWord, signalled);
            if (_news.Count > 0)
            {
                _news.ForEach(static listener => listener()); // and then all are looked at again
                _news.Clear();
            }
            else if (Sleep.HasWaitAny)
            {
                Posix.FutexWaitAny(words, count, _sleepsUntil);
            }
            else
            {
                Posix.FutexWait(_signal.DangerousWord, signalled, _sleepsUntil);
            }

            Array.Clear(_held);
        }
    }
}
