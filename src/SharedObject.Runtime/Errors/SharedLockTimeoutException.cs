using System.Collections.Generic;

namespace SharedObjects;

/// <summary>The object's lock was not to be had in time: another process, handle or thread held it all the while.</summary>
public sealed class SharedLockTimeoutException : SharedObjectException
{
    internal SharedLockTimeoutException(string objectName, string message, IReadOnlyList<SharedLockHolder> holders)
        : base(objectName, message) => Holders = holders;

    /// <summary>
    /// Who held the lock when the wait was given up, by <c>/proc/locks</c>. Empty if it was let go just then, and where the holder
    /// can't be seen: in another PID namespace (a container), or without <c>/proc</c>.
    /// </summary>
    public IReadOnlyList<SharedLockHolder> Holders { get; }
}
