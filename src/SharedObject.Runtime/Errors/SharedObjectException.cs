using System;

namespace SharedObjects;

/// <summary>
/// The base of everything that this library throws about a shared object. Each message names the object, what was expected,
/// what was found, and what to do.
/// </summary>
public abstract class SharedObjectException : Exception
{
    private protected SharedObjectException(string objectName, string message, Exception? inner = null)
        : base(message, inner) => ObjectName = objectName;

    /// <summary>The name of the object, as it was given.</summary>
    public string ObjectName { get; }
}
