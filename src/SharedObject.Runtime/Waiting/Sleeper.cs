using System.Threading;
using SharedObjects.Objects;
using SharedObjects.Sync;

namespace SharedObjects.Waiting;

/// <summary>
/// A thread's sleep without a timer, where nothing is expected for a while, or from a writer that wakes: what else could happen is looked after
/// by <see cref="Lookout"/>. One for each handle; another thread that waits for the same handle meanwhile has a timer.
/// </summary>
/// <remarks>
/// A timer that is cancelled by the wake costs the woken thread some 3 of 11 microseconds on a virtual machine, where setting the clock for
/// the next one is a trap. And one thread that looks for hundreds is cheaper than hundreds that wake to look for themselves.
/// </remarks>
internal sealed class Sleeper
{
    private const int StepsBeforeEnd = 2;

    private readonly ObjectMount _mount;
    private readonly WaitSignal _signal;
    private int _state; // a State
    private Stamps _stamps = Stamps.None;
    private ulong _after;
    private long _until;

    internal Sleeper(ObjectMount mount, WaitSignal signal, long step)
    {
        _mount = mount;
        _signal = signal;
        Step = step;
    }

    private enum State
    {
        Free,
        Taken,
        Asleep,
    }

    internal string ObjectName => _mount.Name;

    /// <summary>How long nobody may look after the sleep, in nanoseconds.</summary>
    internal long Step { get; }

    /// <summary>Whether the lookout knows of it; changed under its lock.</summary>
    internal volatile bool IsWatched;

    internal bool IsAsleep => Volatile.Read(ref _state) == (int)State.Asleep;

    /// <summary>Begins a sleep, where the end of the wait is far enough away for the lookout.</summary>
    /// <param name="stamps">What is slept on.</param>
    /// <param name="after">The stamp of what is known already.</param>
    /// <param name="now">The time.</param>
    /// <param name="end">When the wait ends, news or not.</param>
    /// <returns>False if the sleep needs a timer. If true, <see cref="End"/> follows.</returns>
    internal bool TryBegin(Stamps stamps, ulong after, long now, long end)
    {
        if (end - now <= 2 * StepsBeforeEnd * Step || Interlocked.CompareExchange(ref _state, (int)State.Taken, (int)State.Free) != (int)State.Free)
        {
            return false;
        }

        _stamps = stamps;
        _after = after;
        _until = end - (StepsBeforeEnd * Step); // the rest of the time is slept with a timer
        Interlocked.Exchange(ref _state, (int)State.Asleep); // a full fence: either the lookout sees it, or this thread that it has gone
        if (!IsWatched && !Lookout.TryWatch(this))
        {
            End();
            return false;
        }

        return true;
    }

    internal void End()
    {
        _stamps = Stamps.None;
        Volatile.Write(ref _state, (int)State.Free);
    }

    /// <summary>Ends the sleep, if something has happened of which no writer tells.</summary>
    internal void Look(long now)
    {
        Stamps stamps = _stamps;
        ulong stamp = stamps.Mtime;
        if ((stamp != 0 && stamp != _after) || !_mount.Watches(stamps) || _mount.MustLookAtLink(now, early: Step / 2) || now >= _until)
        {
            _signal.Raise();
        }
    }
}
