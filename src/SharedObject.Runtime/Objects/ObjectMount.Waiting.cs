using System;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Sync;
using SharedObjects.Waiting;

namespace SharedObjects.Objects;

/// <content>Waiting for another stamp: on the caller's thread, or asynchronously (docs/protocol.md, "Waiting").</content>
internal sealed partial class ObjectMount
{
    private const int SpinsPerLookAtClock = 64;
    private const long ShortestSleep = 2 * MonotonicClock.Millisecond; // without a timer

    private readonly LinkWatch _link = new();
    private PollPlan _polls; // of the waits on callers' threads; that they share it without a lock costs a look too many at worst
    private int _wakesFound; // the wake word when news was found last, in the same way
    private WaitSignal? _signal;
    private Sleeper? _sleeper;

    /// <summary>The asynchronous waits for this handle; under <see cref="WaitHub.Gate"/>.</summary>
    internal WaitEntry? WaitEntry { get; set; }

    /// <summary>When a waiter should look after the segment's link the next time.</summary>
    internal long NextLookAtLink => _link.Next;

    private WaitSignal Signal => LazyInitializer.EnsureInitialized(ref _signal, static () => new WaitSignal());

    /// <summary>Whether waiters still watch the stamps that one of them has begun with.</summary>
    internal bool Watches(Stamps stamps) => _watched == stamps;

    /// <summary>Whether the object has another stamp than the given one. One load.</summary>
    internal bool HasNews(ulong after, out ulong stamp)
    {
        stamp = LoadStamp();
        return stamp != 0 && stamp != after;
    }

    /// <summary>Whether a waiter should call <see cref="LookAfterLink"/>.</summary>
    /// <param name="now">The time.</param>
    /// <param name="early">How long before its time the link may be looked at.</param>
    internal bool MustLookAtLink(long now, long early = 0) => !_disposed && _link.Look(_segment, _path, Options.Remount, now, early);

    /// <summary>Waits until the object has another stamp than the given one.</summary>
    /// <param name="after">The stamp of what is known already.</param>
    /// <param name="deadline">How long to wait; started.</param>
    /// <returns>False if there was none in time.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    /// <exception cref="SharedSchemaException">The object was made anew, and is not what the handle's values need.</exception>
    internal bool Wait(ulong after, in Deadline deadline)
    {
        while (true)
        {
            WaitOutcome outcome = HasNews(after, out _) ? WaitOutcome.News
                : Options.WaitStrategy == WaitStrategy.Block ? Block(after, deadline)
                : SpinThenBlock(after, deadline);
            if (outcome != WaitOutcome.LinkChanged)
            {
                return outcome == WaitOutcome.News;
            }

            LookAfterLink();
        }
    }

    /// <inheritdoc cref="Wait"/>
    internal async ValueTask<bool> WaitAsync(ulong after, Deadline deadline)
    {
        while (!HasNews(after, out _))
        {
            if (!await WaitForChangeAsync(after, deadline).ConfigureAwait(false))
            {
                return HasNews(after, out _);
            }

            LookAfter();
        }

        return true;
    }

    /// <summary>Has somebody called for each stamp after the given one; see <see cref="WaitHub.Listen"/>.</summary>
    internal void Listen(Action listener, ulong after) => WaitHub.Listen(this, listener, after);

    /// <summary>Whether <see cref="LookAfter"/> has something to do.</summary>
    internal bool MustBeLookedAfter => _link.HasNotice;

    /// <summary>All who wait for this handle find out that it is disposed.</summary>
    private void EndWaits()
    {
        Volatile.Read(ref _signal)?.Raise();
        WaitHub.End(this);
    }

    /// <summary>Does what the one who has woken an asynchronous wait has found necessary.</summary>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    /// <exception cref="SharedSchemaException">The object was made anew, and is not what the handle's values need.</exception>
    internal void LookAfter()
    {
        ThrowIfDisposed();
        if (_link.TakeNotice())
        {
            LookAfterLink();
        }
    }

    private async ValueTask<bool> WaitForChangeAsync(ulong after, Deadline deadline)
    {
        var wait = new AsyncWait();
        try
        {
            wait.Add(this, after);
            return await wait.WithinAsync(deadline).ConfigureAwait(false);
        }
        finally
        {
            wait.End();
        }
    }

    private WaitOutcome SpinThenBlock(ulong after, in Deadline deadline)
    {
        long end = Options.WaitStrategy == WaitStrategy.Spin ? long.MaxValue : MonotonicClock.In(Options.SpinTime);
        for (int i = 1; !HasNews(after, out _); i++)
        {
            Pause();
            if (i % SpinsPerLookAtClock != 0)
            {
                continue;
            }

            deadline.Cancellation.ThrowIfCancellationRequested();
            long now = MonotonicClock.Now;
            if (MustLookAtLink(now))
            {
                return WaitOutcome.LinkChanged;
            }

            if (deadline.HasPassed)
            {
                return WaitOutcome.TimedOut;
            }

            if (now >= end)
            {
                return Block(after, deadline);
            }
        }

        return WaitOutcome.News;
    }

    private WaitOutcome Block(ulong after, in Deadline deadline)
    {
        WaitSignal signal = Signal;
        using CancellationTokenRegistration registration =
            deadline.Cancellation.UnsafeRegister(static signal => ((WaitSignal)signal!).Raise(), signal);
        long end = MonotonicClock.In(deadline.Remaining);
        _polls.Begin(MonotonicClock.Now);
        while (true)
        {
            if (BlockOn(_watched, after, end, signal, deadline.Cancellation) is { } outcome)
            {
                return outcome;
            }
        }
    }

    /// <returns>Null if the handle has other stamps to watch now.</returns>
    private WaitOutcome? BlockOn(Stamps stamps, ulong after, long end, WaitSignal signal, CancellationToken cancellation)
    {
        using var counted = new CountedWait(stamps); // for all its sleeps: each time in and out would cost every wake two locked instructions
        while (true)
        {
            int signalled = signal.Value; // before all that it announces
            int wakes = counted.Wakes; // before the stamp
            if (HasNews(after, out ulong stamp))
            {
                _polls.Found(MonotonicClock.Now, stamp, woken: counted.Wakes != _wakesFound); // also if it came before this thread slept
                _wakesFound = counted.Wakes;
                return WaitOutcome.News;
            }

            if (stamps != _watched)
            {
                return null;
            }

            cancellation.ThrowIfCancellationRequested();
            long now = MonotonicClock.Now;
            if (MustLookAtLink(now) || _link.TakeNotice()) // noticed by this thread, or by the lookout
            {
                return WaitOutcome.LinkChanged;
            }

            if (now >= end)
            {
                return WaitOutcome.TimedOut;
            }

            Sleeper sleeper = SleeperOf(signal);
            if (_polls.IsMetBy(sleeper.Step, now) && _link.Next - now > ShortestSleep && Sleep.HasWaitAny && sleeper.TryBegin(stamps, after, now, end))
            {
                Sleep.WithoutTimer(stamps, wakes, signal, signalled);
                sleeper.End();
            }
            else
            {
                Sleep.On(stamps, wakes, signal, signalled, Math.Min(Math.Min(now + _polls.Step(now), _link.Next), end));
            }
        }
    }

    private Sleeper SleeperOf(WaitSignal signal)
    {
        if (Volatile.Read(ref _sleeper) is { } sleeper)
        {
            return sleeper;
        }

        var made = new Sleeper(this, signal, Math.Min(PollPlan.Within(Options.LongestPollStep), LinkWatch.Step));
        return Interlocked.CompareExchange(ref _sleeper, made, null) ?? made;
    }

    private static void Pause()
    {
        if (X86Base.IsSupported)
        {
            X86Base.Pause();
        }
        else if (ArmBase.IsSupported)
        {
            ArmBase.Yield();
        }
    }

    /// <summary>One who is counted as a waiter in the segment, where that is possible.</summary>
    private readonly ref struct CountedWait
    {
        private readonly Stamps _stamps;
        private readonly bool _isCounted;

        internal CountedWait(Stamps stamps)
        {
            _stamps = stamps;
            _isCounted = stamps.CanBeAwaited;
            if (_isCounted)
            {
                stamps.EnterWait();
            }
        }

        internal int Wakes => _isCounted ? _stamps.Wakes : 0;

        public void Dispose()
        {
            if (_isCounted)
            {
                _stamps.LeaveWait();
            }
        }
    }
}
