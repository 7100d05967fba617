using System;

namespace SharedObjects;

/// <summary>
/// The operating system refused a call: no permission, no space in shared memory, too many open files, … Or the library refused in its place
/// (EACCES): the handle is read-only, or more users take part in the object than <see cref="SharedObjectOptions.UnixFileMode"/> lets.
/// </summary>
public sealed class SharedSystemException : SharedObjectException
{
    internal SharedSystemException(string objectName, string message, int errorNumber, Exception? inner = null)
        : base(objectName, message, inner) => ErrorNumber = errorNumber;

    /// <summary>The system's error number (<c>errno</c>), such as 28 for ENOSPC.</summary>
    public int ErrorNumber { get; }
}
