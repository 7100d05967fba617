using System;

namespace SharedObjects;

/// <summary>
/// A writer died half-way through the object's value, or threw while it changed it in place. The next assign makes it whole;
/// <see cref="SharedHandle.AcceptTorn"/> takes it as it is.
/// </summary>
public sealed class SharedTornException : SharedObjectException
{
    internal SharedTornException(string objectName, string message, Exception? inner = null)
        : base(objectName, message, inner)
    {
    }
}
