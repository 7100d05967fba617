using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using SharedObjects.Objects;
using SharedObjects.Sync;

namespace SharedObjects.Waiting;

/// <summary>An object that is awaited asynchronously: those who do, and what is known of it. Everything under <see cref="WaitHub.Gate"/>.</summary>
/// <remarks>
/// It stays in its shard for a moment after the last waiter was answered: who takes the next value of a fast writer then finds it still
/// slept on, and needs not wake the shard's thread.
/// </remarks>
internal sealed class WaitEntry(ObjectMount mount)
{
    private const long Linger = 50 * MonotonicClock.Millisecond;

    private readonly List<Waiter> _waiters = [];
    private PollPlan _polls = new(mount.Options.LongestPollStep);
    private Stamps _stamps = Stamps.None;
    private long _idleSince;
    private bool _isCounted; // as a waiter, in the segment
    private Action? _listener;
    private ulong _told; // the stamp that the listener knows

    /// <summary>The shard whose thread sleeps on it; none where nobody waits.</summary>
    internal WaitShard? Shard { get; set; }

    /// <summary>The segment that is slept on; its wake word is <see cref="Wakes"/>.</summary>
    internal Stamps Stamps => _stamps;

    /// <summary>Whether there is a wake word to sleep on.</summary>
    internal bool HasWakeWord => _isCounted;

    /// <summary>What the wake word was before the object was looked at last.</summary>
    internal int Wakes { get; private set; }

    /// <summary>Whether its listener is to be called.</summary>
    internal bool HasNews { get; private set; }

    /// <summary>Adds one who waits for another stamp than <paramref name="after"/>.</summary>
    internal void Add(TaskCompletionSource source, ulong after, long now)
    {
        _polls.Begin(now);
        _waiters.Add(new Waiter(source, after));
    }

    internal void Remove(TaskCompletionSource source, long now)
    {
        _waiters.RemoveAll(waiter => waiter.Source == source);
        _idleSince = now;
    }

    /// <summary>Has somebody called for each stamp after the given one, for as long as the handle is there.</summary>
    internal void Listen(Action listener, ulong after, long now)
    {
        _polls.Begin(now);
        _listener = listener;
        _told = after;
    }

    /// <summary>Who is to be called now; null if nobody is.</summary>
    internal Action? TakeNews()
    {
        bool hasNews = HasNews;
        HasNews = false;
        return hasNews ? _listener : null;
    }

    /// <summary>Looks at the object, and answers those who need not wait any longer.</summary>
    /// <returns>When to look again; 0 if nobody waits any more.</returns>
    internal long Look(long now)
    {
        Stamps stamps = mount.Watched;
        if (stamps != _stamps)
        {
            Leave(); // another segment, a trailer that is new, or the end of the handle
            _stamps = stamps;
            Enter();
        }

        bool woken = false;
        if (_isCounted)
        {
            int wakes = stamps.Wakes;
            woken = wakes != Wakes;
            Wakes = wakes;
        }

        if (stamps == Stamps.None)
        {
            _listener = null; // the handle is disposed
        }

        if (_waiters.Count == 0 && _listener is null)
        {
            // What is written while nobody asks need not be woken for.
            return woken || now - _idleSince > Linger || stamps == Stamps.None ? 0 : _idleSince + Linger;
        }

        ulong stamp = stamps.Mtime;
        bool mustAnswer = stamps == Stamps.None || mount.MustLookAtLink(now);
        bool hasAnswered = _waiters.RemoveAll(waiter => (mustAnswer || (stamp != 0 && stamp != waiter.After)) && waiter.Answer()) > 0;
        if (_listener is not null && (mustAnswer || (stamp != 0 && stamp != _told)))
        {
            _told = stamp;
            HasNews = hasAnswered = true;
        }

        if (hasAnswered)
        {
            _polls.Found(now, stamp, woken);
            _idleSince = now;
        }

        return Math.Min(now + _polls.Step(now), mount.NextLookAtLink);
    }

    /// <summary>Counts itself out of the segment: it is not slept on any more.</summary>
    internal void Leave()
    {
        if (_isCounted)
        {
            _stamps.LeaveWait();
            _isCounted = false;
        }

        _stamps = Stamps.None;
    }

    private void Enter()
    {
        // Without a call that sleeps on several words, one is of no use: then all are polled.
        if (_stamps.CanBeAwaited && Sleep.HasWaitAny)
        {
            _stamps.EnterWait();
            _isCounted = true;
            Wakes = _stamps.Wakes;
        }
    }

    /// <summary>One who waits, for one object or for several.</summary>
    private readonly record struct Waiter(TaskCompletionSource Source, ulong After)
    {
        internal bool Answer()
        {
            Source.TrySetResult();
            return true;
        }
    }
}
