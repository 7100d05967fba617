using System;

namespace SharedObjects;

/// <summary>The object's lock was not to be had in time: another process or thread held it all the while.</summary>
public sealed class SharedLockTimeoutException : SharedObjectException
{
    internal SharedLockTimeoutException(string objectName, string message, Exception? inner = null)
        : base(objectName, message, inner)
    {
    }
}
