using System;
using System.Threading;
using SharedObjects.Internals;
using SharedObjects.Memory;
using SharedObjects.Metering;
using SharedObjects.Sync;
using SharedObjects.Waiting;
using SharedObjects.Wire;

namespace SharedObjects.Objects;

/// <summary>
/// One mounted object: its memory, its lock and its layout, and what this handle has seen of it. The typed handles are thin
/// layers over it.
/// </summary>
internal sealed partial class ObjectMount : IDisposable
{
    private readonly HandleGate _gate = new();
    private readonly string _path; // waits ask after it often, and those that spin all the time
    private readonly Lock _choosing = new(); // of the stamps to use
    private readonly ILayoutContract _contract;
    private readonly MountCounts _counts = new();
    private volatile MountedSegment _segment; // another when the handle has moved; changed only inside the gate
    private volatile Stamps _watched; // the segment's; none when the handle is disposed
    private volatile Stamps _unlocked; // the same where values may be read without a lock, else none: one test for all reasons
    private volatile LockState _state; // of the thread that is in the gate
    private int _entry; // which time it is that the lock is held; used inside the gate
    private volatile bool _disposed;
    private ulong _seen;

    internal ObjectMount(string name, SharedObjectOptions options, ILayoutContract contract, MountedSegment segment)
    {
        Name = name;
        _path = SegmentName.ToPath(name);
        Options = options;
        _contract = contract;
        _segment = segment;
        _watched = _unlocked = Stamps.None;
        _seen = segment.StampAtMount;
        _polls = new PollPlan(options.LongestPollStep);
        UseStamps();
        MountMeter.Add(this);
    }

    internal string Name { get; }

    internal SharedObjectOptions Options { get; }

    internal ObjectLayout Layout => Stamps.Context.Layout;

    /// <summary>
    /// The words of the segment that the handle has now, and what they say about its layout. Only inside the gate does the next
    /// question get the same answer.
    /// </summary>
    internal Stamps Stamps => _segment.Stamps;

    /// <summary>The stamps to watch without a lock: the segment's, or those of nothing when the handle is disposed.</summary>
    internal Stamps Watched => _watched;

    /// <summary>Whether the segment has a trailer that this handle knows of.</summary>
    internal bool HasTrailer => Stamps.HasTrailer;

    /// <summary>The stamp of what this handle has read or assigned last.</summary>
    internal ulong Seen
    {
        get => Volatile.Read(ref _seen);
        set
        {
            // Readers on several threads would otherwise take the cache line from each other at every read.
            if (Volatile.Read(ref _seen) != value)
            {
                Volatile.Write(ref _seen, value);
            }
        }
    }

    /// <summary>Sees a stamp, unless the handle has seen another one meanwhile: of several threads one alone does.</summary>
    /// <param name="stamp">The stamp.</param>
    /// <param name="before">What was seen before it.</param>
    internal bool TrySee(ulong stamp, ulong before) => Interlocked.CompareExchange(ref _seen, stamp, before) == before;

    /// <summary>
    /// The stamp as it stands now, without a lock. 0 says nothing: CPython's <c>struct.pack_into</c> zeroes the word before it
    /// stores a new stamp.
    /// </summary>
    internal ulong LoadStamp()
    {
        ulong stamp = _watched.Mtime;
        if (stamp == 0)
        {
            ThrowIfDisposed();
        }

        return stamp;
    }

    /// <summary>Takes the object's lock.</summary>
    /// <exception cref="SharedLockTimeoutException">It was not to be had in time.</exception>
    internal LockRegion Enter(LockMode mode, scoped in Deadline deadline, LockState state = LockState.Busy) =>
        TryEnter(mode, deadline, out LockRegion region, state)
            ? region
            : throw LockTimeout(mode, deadline.Timeout);

    /// <summary>The exception for a lock that was not to be had: names who has it.</summary>
    internal SharedLockTimeoutException LockTimeout(LockMode mode, TimeSpan timeout) =>
        Error.LockTimeout(Name, mode, timeout, LockHolders.Of(_segment.Descriptor));

    /// <summary>Takes the object's lock, or joins the scope that this thread has opened on the handle.</summary>
    /// <returns>False if it was not to be had in time.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="SharedReentrancyException">This thread is in a callback of the handle, or wants to write in a read scope.</exception>
    internal bool TryEnter(LockMode mode, scoped in Deadline deadline, out LockRegion region, LockState state = LockState.Busy)
    {
        ThrowIfDisposed();
        if (mode == LockMode.Exclusive && Options.ReadOnly)
        {
            throw Error.ReadOnly(Name);
        }

        deadline.Cancellation.ThrowIfCancellationRequested();
        if (_gate.IsMine)
        {
            region = Join(mode, state);
            return true;
        }

        region = default;
        Deadline started = mode == LockMode.Exclusive && Options.Republish ? RepublishNowAndThen(deadline) : deadline;
        if (!_gate.TryEnterAtOnce() && !_gate.TryEnter(started = deadline.Started()))
        {
            return false;
        }

        bool acquired = false, entered = false;
        try
        {
            ThrowIfDisposed(); // by the thread that was in the gate before
            acquired = _segment.Lock.TryAcquireAtOnce(mode) || WaitForLock(mode, started.Started());
            if (acquired)
            {
                FindTrailerLocked(mode);
                _state = state;
                region = new LockRegion(this, LockState.None, ++_entry);
                entered = true;
            }
        }
        finally
        {
            if (!entered)
            {
                LetGo(acquired);
            }
        }

        return acquired;
    }

    /// <exception cref="SharedSchemaException">The object is not what the handle's values need.</exception>
    internal void CheckLayout() => _contract.Check(Name, Layout);

    /// <summary>
    /// Gives the segment a trailer if it has none and may get one. Where the lock is not to be had, the first write will do it; until
    /// then the object is read under the lock.
    /// </summary>
    internal void AdoptWithin(in Deadline deadline)
    {
        if (!HasTrailer && Options is { Adopt: true, ReadOnly: false })
        {
            TryEnter(LockMode.Exclusive, deadline, out LockRegion region);
            region.Dispose();
        }
    }

    /// <summary>Ends a region. One that has ended already may be disposed of again: what is held by now is not its own.</summary>
    internal void Leave(LockState outer, int entry)
    {
        if (!_gate.IsMine || _entry != entry)
        {
            return;
        }

        if (outer != LockState.None)
        {
            _state = outer; // joined: whoever took the lock lets it go
            return;
        }

        _state = LockState.None;
        GC.KeepAlive(_segment.Stamps);
        LetGo(locked: true);
    }

    /// <summary>
    /// Ends the use of the handle. Whoever is in the middle of a call on another thread finishes it: the descriptor is closed and
    /// the memory unmapped when the last of them is done.
    /// </summary>
    public void Dispose()
    {
        _disposed = true;
        lock (_choosing)
        {
            _watched = _unlocked = Stamps.None;
        }

        CloseWhenFree();
        EndWaits();
    }

    internal bool IsDisposed => _disposed;

    /// <summary>What this handle has counted.</summary>
    internal MountCounts Counts => _counts;

    internal void ThrowIfDisposed()
    {
        if (_disposed)
        {
            throw Error.Disposed(Name);
        }
    }

    private void LetGo(bool locked)
    {
        try
        {
            if (locked)
            {
                _segment.Lock.Release();
            }
        }
        finally
        {
            LeaveGate();
        }
    }

    private void LeaveGate()
    {
        _gate.Exit();
        if (_disposed) // after Exit, a full fence: else neither Dispose nor this thread might see the other
        {
            CloseWhenFree();
        }
    }

    /// <summary>Closes the descriptor of a handle that has ended; whoever is in the gate, and so may use it, does that when it leaves.</summary>
    private void CloseWhenFree()
    {
        if (_gate.TryEnterAtOnce())
        {
            _segment.Dispose();
            _gate.Exit();
        }
    }

    private bool WaitForLock(LockMode mode, in Deadline deadline)
    {
        _counts.LockWaits++;
        return _segment.Lock.TryAcquire(mode, deadline);
    }

    private LockRegion Join(LockMode mode, LockState state)
    {
        LockState outer = _state;
        if (outer is not (LockState.ReadScope or LockState.WriteScope))
        {
            throw Error.InCallback(Name);
        }

        if (mode == LockMode.Exclusive && outer == LockState.ReadScope)
        {
            throw Error.WriteInReadScope(Name);
        }

        // A scope inside a scope gives no more rights than the outer one has, and no fewer.
        _state = state == LockState.Busy ? LockState.Busy : outer;
        return new LockRegion(this, outer, _entry);
    }

    /// <summary>
    /// Where there was no trailer when the object was mounted: uses one that another process has made since, or makes it now that
    /// this handle has the writer's lock for a purpose of its own.
    /// </summary>
    private void FindTrailerLocked(LockMode mode)
    {
        if (!HasTrailer && _segment.TryFindTrailer(Options, mode))
        {
            UseStamps();
        }
    }

    /// <summary>Has all who come from now on use the segment's stamps as they are now. Readers that follow a growth call it outside the gate.</summary>
    private void UseStamps()
    {
        lock (_choosing) // else one who is late could put back what another has replaced
        {
            if (_disposed)
            {
                return; // nothing may come back that Dispose has taken away
            }

            Stamps stamps = Stamps;
            _watched = stamps;
            _unlocked = Options.LockFreeReads && stamps.HasTrailer ? stamps : Stamps.None;
        }
    }
}
