using SharedObjects.Objects;

namespace SharedObjects;

/// <summary>
/// Several calls as one, as Python's <c>with ReadersLock(fd)</c> and <c>with WriterLock(fd)</c>: until it is disposed, this
/// thread holds the object's lock, and the handle's own calls on this thread join it.
/// </summary>
/// <remarks>
/// A ref struct, as the lock belongs to the thread: it can't outlive an <c>await</c>. Keep it short: while it is open, every
/// writer (and for a write lock every reader that needs the lock) in every process waits.
/// </remarks>
public readonly ref struct SharedLockScope
{
    private readonly LockRegion _region;

    internal SharedLockScope(LockRegion region) => _region = region;

    /// <summary>Lets the lock go.</summary>
    public void Dispose() => _region.Dispose();
}
