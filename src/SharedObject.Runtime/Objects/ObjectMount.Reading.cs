using System.Runtime.CompilerServices;
using System.Threading;
using SharedObjects.Internals;
using SharedObjects.Sync;
using SharedObjects.Wire;

namespace SharedObjects.Objects;

/// <content>Reading: without the lock where the stamps allow it, else under it (docs/protocol.md, "When it is not accepted").</content>
internal sealed partial class ObjectMount
{
    // A C# write of a small value is over in tens of nanoseconds; of a large one it is not worth waiting for with a busy core.
    private const int SpinsForWriter = 20;

    private TornValue? _torn;

    /// <summary>The stamps to read by without a lock: begin, read, end, all by the same; those of nothing where that is not possible.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Stamps BeginUnlocked()
    {
        ThrowIfInCallback();
        return _unlocked;
    }

    /// <summary>
    /// Whether it is worth while to try once more without the lock: a C# writer is at work, and has been given a moment to finish, or has just
    /// finished. Who took the lock then would keep the next writer waiting for nothing.
    /// </summary>
    /// <param name="tries">How many times the caller has asked already.</param>
    internal bool WaitForWriter(int tries)
    {
        Stamps stamps = _unlocked;
        if (tries >= SpinsForWriter || (stamps.Writing == 0 && !stamps.IsCommitted) || IsKnownTorn())
        {
            return false;
        }

        Interlocked.Increment(ref _counts.Retries); // by readers on any thread
        Thread.SpinWait(1);
        return true;
    }

    /// <summary>Takes the lock to read in place; the value is whole if the result says so.</summary>
    /// <param name="deadline">How long to wait for the lock.</param>
    /// <param name="region">The lock, also where there is no whole value.</param>
    /// <param name="stamp">The stamp of the value.</param>
    internal ReadResult EnterToRead(scoped in Deadline deadline, out LockRegion region, out ulong stamp)
    {
        stamp = 0;
        region = default;
        ThrowIfDisposed();
        if (IsKnownTorn())
        {
            return ReadResult.Torn;
        }

        if (!TryEnter(LockMode.Shared, deadline, out region))
        {
            return ReadResult.TimedOut;
        }

        try
        {
            if (!_unlocked.HasTrailer)
            {
                CheckSize(); // else the attempt without the lock has just touched the same memory
            }

            return Settle(out stamp);
        }
        catch
        {
            region.Dispose(); // an exception would not hand it out
            throw;
        }
    }

    /// <summary>
    /// Finds out what the last writer has left. No writer is active, as the caller holds the lock; where one has left no commit, it is
    /// made up for.
    /// </summary>
    /// <exception cref="SharedFormatException">A peer has truncated the segment.</exception>
    internal ReadResult SettleLocked(out ulong stamp)
    {
        CheckSize();
        return Settle(out stamp);
    }

    private ReadResult Settle(out ulong stamp)
    {
        Stamps stamps = Stamps;
        stamp = stamps.Mtime;
        ulong writing = stamps.Writing;
        if (writing != 0 && !IsRepaired(stamps, writing, stamp))
        {
            return ReadResult.Torn;
        }

        if (stamps.HasTrailer && stamps.Mapping.IsWritable)
        {
            _counts.Heals += stamps.Heal(stamp) ? 1 : 0;
        }

        _counts.LockedReads++;

        // None has no value that could be missing: a trigger that was never triggered is None all the same.
        return stamp == 0 && Layout.Value.Tag != WireTag.None ? ReadResult.NeverAssigned : ReadResult.Whole;
    }

    /// <summary>Takes a torn value as it is. The caller holds the writer's lock.</summary>
    /// <returns>False if the value is whole.</returns>
    /// <exception cref="SharedFormatException">A peer has truncated the segment.</exception>
    internal bool AcceptTornLocked()
    {
        CheckSize();
        Stamps stamps = Stamps;
        if (stamps.Writing == 0)
        {
            return false;
        }

        stamps.EndTorn();
        stamps.Heal(stamps.Mtime);
        _torn = null;
        return true;
    }

    /// <summary>
    /// Whether somebody has written a whole value over a torn one without knowing of it: a plain Python peer. It shows in other bytes
    /// under the same unended write; a trigger, which changes mtime alone, does not count.
    /// </summary>
    private bool IsRepaired(Stamps stamps, ulong writing, ulong mtime)
    {
        // No plain peer writes the value of a dynamic object: what is torn there stays torn until one of ours writes.
        ulong hash = IsDynamic ? 0 : ByteHash.Of(stamps.DangerousBytes[ObjectHeader.TagOffset..]);
        TornValue? known = Volatile.Read(ref _torn);
        if (known is null || known.Writing != writing)
        {
            Volatile.Write(ref _torn, new TornValue(writing, mtime, hash));
            return false;
        }

        if (known.Hash == hash || mtime == 0)
        {
            Volatile.Write(ref _torn, known with { Mtime = mtime });
            return false;
        }

        if (stamps.Mapping.IsWritable)
        {
            stamps.EndTorn();
            Volatile.Write(ref _torn, null);
        }

        return true;
    }

    private bool IsKnownTorn()
    {
        TornValue? torn = Volatile.Read(ref _torn);
        if (torn is null)
        {
            return false;
        }

        // mtime first, and never 0: a plain Python write zeroes it for an instant, and may be the one that repairs.
        Stamps stamps = Stamps;
        ulong mtime = stamps.Mtime;
        return mtime != 0 && mtime == torn.Mtime && stamps.Writing == torn.Writing;
    }

    /// <summary>A call from a callback throws also where it would not have to wait: a rule that holds only sometimes is no rule.</summary>
    private void ThrowIfInCallback()
    {
        if (_state == LockState.Busy && _gate.IsMine)
        {
            throw Error.InCallback(Name);
        }
    }
}
