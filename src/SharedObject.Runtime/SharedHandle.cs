using System;
using System.Threading;
using SharedObjects.Internals;
using SharedObjects.Objects;
using SharedObjects.Sync;
using SharedObjects.Wire;

namespace SharedObjects;

/// <summary>What all handles of shared objects have in common: the stamp, the lock, and the name.</summary>
/// <remarks>
/// A handle may be used by any number of threads; calls that take the object's lock exclude each other. To pass an object to
/// another process, pass its <see cref="Name"/>.
/// </remarks>
public abstract partial class SharedHandle : IDisposable
{
    private protected SharedHandle(ObjectMount mount)
    {
        Mount = mount;
        mount.Owner = this;
    }

    /// <summary>The object's name.</summary>
    public string Name => Mount.Name;

    /// <summary>The object's layout: type, sizes, shape, keys.</summary>
    public ObjectLayout Layout => Mount.Layout;

    /// <summary>
    /// Whether the object was assigned or triggered since this handle last saw it (fetched, assigned, asked
    /// <see cref="Triggered"/>, or mounted it). Asking changes nothing. One load, no lock.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    public bool Modified
    {
        get
        {
            ulong stamp = Mount.LoadStamp();
            return stamp != 0 && stamp != Mount.Seen;
        }
    }

    /// <summary>
    /// Whether the object was assigned or triggered since this handle last saw it; asking counts as seeing it, so that each
    /// trigger is reported once, to one of the threads that ask. One's own triggers are reported too. One load, no lock.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    public bool Triggered
    {
        get
        {
            while (true)
            {
                ulong seen = Mount.Seen; // before the stamp: what another thread sees after this is then no older
                ulong stamp = Mount.LoadStamp();
                if (stamp == 0 || stamp == seen)
                {
                    return false;
                }

                if (Mount.TrySee(stamp, seen))
                {
                    return true;
                }
            }
        }
    }

    /// <summary>
    /// When the object was last assigned or triggered: its mtime, in nanoseconds since the epoch (UTC), as Python's
    /// <c>time.time_ns()</c>; 0 if never.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    /// <exception cref="SharedLockTimeoutException">The stamp was 0, which only the lock can tell from a write in progress, and the lock was not to be had.</exception>
    public long Timestamp
    {
        get
        {
            ulong stamp = Mount.LoadStamp();
            if (stamp == 0)
            {
                // CPython zeroes the word for an instant in every write; only under the lock does 0 mean "never".
                using LockRegion region = Mount.Enter(LockMode.Shared, DefaultDeadline());
                stamp = Mount.LoadStamp();
            }

            return (long)stamp;
        }
    }

    /// <summary>How long ago the object was last assigned or triggered; <see cref="TimeSpan.MaxValue"/> if never.</summary>
    /// <remarks>By the system's clock, which all peers stamp with: a clock that was set back can make it negative.</remarks>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    public TimeSpan Age
    {
        get
        {
            long timestamp = Timestamp;
            return timestamp == 0
                ? TimeSpan.MaxValue
                : ValueStream.AgeOf((ulong)timestamp);
        }
    }

    /// <summary>
    /// The <see cref="Timestamp"/> of what this handle saw last: of the value that its last fetch returned, or its last assign
    /// wrote.
    /// </summary>
    public long LastSeen => (long)Mount.Seen;

    internal ObjectMount Mount { get; }

    /// <summary>
    /// Takes the object's readers' lock, so that several fetches see the same value, and no writer comes between.
    /// </summary>
    /// <returns>The scope; dispose it on the same thread.</returns>
    /// <exception cref="SharedLockTimeoutException">The lock was not to be had within <see cref="SharedObjectOptions.LockTimeout"/>.</exception>
    /// <exception cref="SharedReentrancyException">Called from a callback of this handle.</exception>
    public SharedLockScope EnterReadLock() => EnterReadLock(Mount.Options.LockTimeout);

    /// <inheritdoc cref="EnterReadLock()"/>
    /// <param name="timeout">How long to wait for the lock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public SharedLockScope EnterReadLock(TimeSpan timeout, CancellationToken cancellation = default) =>
        new(Mount.Enter(LockMode.Shared, Deadline.After(timeout, cancellation), LockState.ReadScope));

    /// <summary>
    /// Takes the object's writer's lock, so that several fetches and assigns are one step for all who write the object, or read it under its
    /// lock, as plain Python peers do. Who reads it without (<see cref="SharedObjectOptions.LockFreeReads"/>) may get each value that is assigned
    /// in between: values that belong together are best one value.
    /// </summary>
    /// <returns>The scope; dispose it on the same thread.</returns>
    /// <exception cref="SharedLockTimeoutException">The lock was not to be had within <see cref="SharedObjectOptions.LockTimeout"/>.</exception>
    /// <exception cref="SharedReentrancyException">Called from a callback, or inside a read lock scope, of this handle.</exception>
    public SharedLockScope EnterWriteLock() => EnterWriteLock(Mount.Options.LockTimeout);

    /// <inheritdoc cref="EnterWriteLock()"/>
    /// <param name="timeout">How long to wait for the lock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public SharedLockScope EnterWriteLock(TimeSpan timeout, CancellationToken cancellation = default) =>
        new(Mount.Enter(LockMode.Exclusive, Deadline.After(timeout, cancellation), LockState.WriteScope));

    /// <summary>
    /// Takes a torn value as it is: what a writer that died half-way has left, part old and part new, counts as whole from now on.
    /// </summary>
    /// <returns>False if the value is not torn; nothing was done.</returns>
    /// <exception cref="SharedLockTimeoutException">The lock was not to be had within <see cref="SharedObjectOptions.LockTimeout"/>.</exception>
    /// <exception cref="SharedSystemException">The handle is read-only.</exception>
    public bool AcceptTorn()
    {
        using LockRegion region = Mount.Enter(LockMode.Exclusive, DefaultDeadline());
        return Mount.AcceptTornLocked();
    }

    /// <summary>
    /// Whether the segment has a trailer, so that values are read without a lock. An object that a Python process made gets one when
    /// it is first opened for writing from C#, unless <see cref="SharedObjectOptions.Adopt"/> says no.
    /// </summary>
    public bool HasTrailer => Mount.HasTrailer;

    /// <summary>
    /// Removes the object's name. Handles that have it open, in any process, go on working with the old memory; the next to
    /// open the name makes or finds another object.
    /// </summary>
    /// <returns>False if there was no object of this name.</returns>
    /// <exception cref="SharedSystemException">The system refused.</exception>
    public bool Unlink() => SharedObject.Unlink(Name);

    /// <summary>
    /// Closes this handle; the object and other handles stay. Calls that are under way on other threads are finished safely.
    /// </summary>
    public void Dispose()
    {
        Mount.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The object's name and type.</summary>
    public override string ToString() => $"{Name}: {Layout}";

    private protected Deadline DefaultDeadline() => Deadline.After(Mount.Options.LockTimeout, CancellationToken.None);

    /// <summary>Throws what a result that is not a whole value means.</summary>
    private protected void ThrowUnlessWhole(ReadResult result, in Deadline deadline)
    {
        switch (result)
        {
            case ReadResult.TimedOut: throw Mount.LockTimeout(LockMode.Shared, deadline.Timeout);
            case ReadResult.NeverAssigned: throw Error.NeverAssigned(Name);
            case ReadResult.Torn: throw Error.Torn(Name);
        }
    }

    private protected void TriggerWithin(in Deadline deadline)
    {
        if (!TryTriggerWithin(deadline))
        {
            throw Mount.LockTimeout(LockMode.Exclusive, deadline.Timeout);
        }
    }

    private protected bool TryTriggerWithin(in Deadline deadline)
    {
        if (!Mount.TryEnter(LockMode.Exclusive, deadline, out LockRegion region))
        {
            return false;
        }

        using (region)
        {
            Mount.Trigger();
            return true;
        }
    }
}
