using System;

namespace SharedObjects;

/// <summary>An object was to be made, and there is one of this name already.</summary>
public sealed class SharedExistsException : SharedObjectException
{
    internal SharedExistsException(string objectName, string message, Exception? inner = null)
        : base(objectName, message, inner)
    {
    }
}
