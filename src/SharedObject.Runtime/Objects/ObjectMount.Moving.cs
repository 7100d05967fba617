using System;
using System.Threading;
using SharedObjects.Internals;
using SharedObjects.Sync;
using SharedObjects.Waiting;
using SharedObjects.Wire;

namespace SharedObjects.Objects;

/// <content>Segments that have lost their name, and the way to their successors.</content>
internal sealed partial class ObjectMount
{
    // Whoever is in the gate for longer (with a lock scope, or waiting for a lock) is left to it; the next look tries again.
    private static readonly TimeSpan LongestWaitToMove = TimeSpan.FromMilliseconds(50);

    private long _linkChecked; // by writes; that two threads check costs a system call

    /// <summary>Where the handle's segment stands to its name.</summary>
    internal SegmentLink Link
    {
        get
        {
            ThrowIfDisposed();
            return _segment.Link(_path);
        }
    }

    /// <summary>The handle that the mount belongs to, for events.</summary>
    internal SharedHandle? Owner { get; set; }

    /// <summary>
    /// Moves to the segment that the name leads to now, if it is another one and can be mounted at once. What is in it
    /// counts as not seen, unless it has the stamp that was seen last: then it is the same value, republished.
    /// </summary>
    /// <exception cref="SharedSchemaException">The new object is not what the handle's values need. The handle stays where it is.</exception>
    /// <exception cref="SharedFormatException">What has the name now is not a shared object. The handle stays where it is.</exception>
    internal bool TryMove() => TryMove(passesOverNone: true);

    /// <inheritdoc cref="TryMove()"/>
    /// <param name="passesOverNone">Whether a None, where the handle can't use it, is nothing to move to yet. Else it is an error.</param>
    private bool TryMove(bool passesOverNone)
    {
        ThrowIfDisposed();
        if (_gate.IsMine || Link != SegmentLink.Replaced || ObjectOpener.TryOpenAtOnce(Name, Options, passesOverNone ? _contract : null) is not { } segment)
        {
            return false;
        }

        bool moved = false;
        try
        {
            _contract.Check(Name, segment.Stamps.Context.Layout);
            moved = TryMoveTo(segment);
        }
        finally
        {
            if (!moved)
            {
                segment.Dispose();
            }
        }

        if (moved)
        {
            AdoptWithin(Deadline.After(LongestWaitToMove, CancellationToken.None));
            Raise(SharedObjectEventKind.Remounted);
        }

        return moved;
    }

    /// <summary>
    /// Makes sure that the name leads to an object with this one's value: makes a new segment of it if the name is gone, or assigns it to
    /// the object that has the name now.
    /// </summary>
    /// <returns>False if the name leads to this handle's segment: nothing was done.</returns>
    internal bool Republish(in Deadline deadline)
    {
        SegmentLink link = Link;
        if (link == SegmentLink.Linked)
        {
            return false;
        }

        byte[] value;
        ulong stamp;
        ObjectLayout layout;
        using (LockRegion region = Enter(LockMode.Shared, deadline))
        {
            ReadResult result = SettleLocked(out stamp);
            if (result == ReadResult.Torn)
            {
                throw Error.Torn(Name);
            }

            layout = Layout;
            int size = 0;
            Stamps stamps = IsDynamic ? FindValueLocked(out size) : Stamps;
            value = (IsDynamic ? stamps.DangerousValue(size) : stamps.DangerousBytes).ToArray();
            GC.KeepAlive(stamps);
            if (IsDynamic && LayoutParser.ParseValue(value, out string? problem) is null)
            {
                throw Error.BadValue(Name, problem!);
            }
        }

        if (link == SegmentLink.Unlinked && ObjectMaker.TryMakeCopy(Name, Options, layout, _contract.SchemaHash, value, stamp) is { } segment)
        {
            if (TryMoveTo(segment))
            {
                Raise(SharedObjectEventKind.Republished);
                return true;
            }

            segment.Dispose();
        }

        if (!TryMove(passesOverNone: false))
        {
            throw Error.NotRepublished(Name);
        }

        if (stamp == 0)
        {
            return true; // there was no value
        }

        using (Enter(LockMode.Exclusive, deadline))
        {
            WriteAgain(value, layout);
        }

        Raise(SharedObjectEventKind.Republished);
        return true;
    }

    /// <summary>Writes what the object before this one held. The caller holds the writer's lock.</summary>
    private void WriteAgain(ReadOnlySpan<byte> value, ObjectLayout layout)
    {
        Stamps stamps = Stamps;
        bool wasDynamic = layout.Value.Tag == WireTag.Dynamic;
        if (IsDynamic != wasDynamic || (!wasDynamic && (stamps.BufferSize != value.Length || !Layout.FixedParts.Match(value))))
        {
            throw Error.LayoutDoesNotFit(Name, $"it was made anew as {Layout}, and was {layout}");
        }

        if (wasDynamic)
        {
            WriteValue(value);
            return;
        }

        ulong stamp = BeginWrite();
        value[ObjectHeader.TagOffset..].CopyTo(stamps.DangerousBytes[ObjectHeader.TagOffset..]);
        EndWrite(stamp);
    }

    /// <summary>For an owner who has asked for it: a write that finds the name gone makes the object anew.</summary>
    /// <returns>The write's own deadline, counted from now if some of the time has been used up.</returns>
    private Deadline RepublishNowAndThen(in Deadline deadline)
    {
        long now = MonotonicClock.Now;
        if (now - _linkChecked <= LinkWatch.Step)
        {
            return deadline;
        }

        _linkChecked = now;
        if (!_segment.IsUnlinked())
        {
            return deadline;
        }

        Deadline started = deadline.Started();
        try
        {
            Republish(started);
        }
        catch (SharedTornException)
        {
            // There is no value to make anew. An assign makes it whole, and the next write then republishes it.
        }
        catch (SharedLockTimeoutException)
        {
            // The write itself finds that no time is left, and says so in its own way: a Try form by false.
        }

        return started;
    }

    /// <summary>Deals with what <see cref="LinkWatch"/> has noticed, on the thread of one who waits.</summary>
    private void LookAfterLink()
    {
        SegmentLink link = Link;
        if (link == SegmentLink.Replaced && Options.Remount)
        {
            if (!TryMove())
            {
                _link.LookAgainSoon(MonotonicClock.Now);
            }

            return;
        }

        if (_link.Known != link)
        {
            _link.Known = link;
            if (link != SegmentLink.Linked)
            {
                Raise(link == SegmentLink.Unlinked ? SharedObjectEventKind.Unlinked : SharedObjectEventKind.Replaced);
            }
        }
    }

    private bool TryMoveTo(MountedSegment segment)
    {
        if (_gate.IsMine || !_gate.TryEnter(Deadline.After(LongestWaitToMove, CancellationToken.None).Started()))
        {
            return false;
        }

        MountedSegment old = _segment;
        try
        {
            if (_disposed)
            {
                return false;
            }

            segment.ShareLayout(old.Stamps.Context.Layout);
            _segment = segment;
            _torn = null;
            _link.Known = SegmentLink.Linked;
            UseStamps();
            _counts.Remounts++;
        }
        finally
        {
            LeaveGate();
        }

        old.Dispose();
        return true;
    }

    private void Raise(SharedObjectEventKind kind) => SharedObjectEvents.Raise(Owner, new SharedObjectEventArgs(Name, kind));
}
