using System;

namespace SharedObjects;

/// <summary>There is no shared object of this name (any more).</summary>
public sealed class SharedNotFoundException : SharedObjectException
{
    internal SharedNotFoundException(string objectName, string message, Exception? inner = null)
        : base(objectName, message, inner)
    {
    }
}
