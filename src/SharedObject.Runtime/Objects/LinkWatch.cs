using System;
using System.Threading;
using SharedObjects.Waiting;

namespace SharedObjects.Objects;

/// <summary>Notices, for those who wait for an object, that its name leads elsewhere or nowhere.</summary>
/// <remarks>Any thread may ask; that two ask at once costs a system call, no more.</remarks>
internal sealed class LinkWatch
{
    /// <summary>How long a waiter may go on with a segment that was replaced, at most, before it notices.</summary>
    internal const long Step = 20 * MonotonicClock.Millisecond;

    private const long FirstRetry = MonotonicClock.Millisecond;

    // A segment that loses its only name says so itself; that it was renamed takes a look at the name, which costs more.
    private const int LooksPerLookAtName = 10;

    private long _next;
    private long _retry = FirstRetry;
    private int _looks;
    private volatile bool _notice;
    private volatile SegmentLink _known = SegmentLink.Linked;

    /// <summary>When to look again, of the monotonic clock.</summary>
    internal long Next => Volatile.Read(ref _next);

    /// <summary>What was found last, and has been dealt with.</summary>
    internal SegmentLink Known
    {
        get => _known;
        set
        {
            _known = value;
            _retry = FirstRetry;
        }
    }

    /// <summary>Looks, if it is time to.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="path">Where its name stands.</param>
    /// <param name="follows">Whether another segment of the name is to be mounted.</param>
    /// <param name="now">The time.</param>
    /// <param name="early">How long before its time a look may be taken, by who would else come too late.</param>
    /// <returns>Whether there is something to deal with.</returns>
    internal bool Look(MountedSegment segment, string path, bool follows, long now, long early)
    {
        if (now + early < Next)
        {
            return false;
        }

        Volatile.Write(ref _next, now + Step);
        if (_known == SegmentLink.Linked && ++_looks % LooksPerLookAtName != 0 && !segment.IsUnlinked())
        {
            return false;
        }

        SegmentLink link = segment.Link(path);
        bool notice = link != _known || (link == SegmentLink.Replaced && follows);
        _notice |= notice;
        return notice;
    }

    /// <summary>
    /// The segment that has the name now could not be mounted: as a rule it is just being made. Looks again soon, and less and less soon.
    /// </summary>
    internal void LookAgainSoon(long now)
    {
        Volatile.Write(ref _next, now + _retry);
        _retry = Math.Min(2 * _retry, Step);
    }

    /// <summary>Whether a look has found something that nobody has taken notice of.</summary>
    internal bool HasNotice => _notice;

    /// <summary>Whether a look has found something since this was asked last: for who was woken by another's look.</summary>
    internal bool TakeNotice()
    {
        bool notice = _notice;
        _notice = false;
        return notice;
    }
}
