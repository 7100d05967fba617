using System;

namespace SharedObjects;

/// <summary>The value does not fit the object: another type, shape or dtype, too long, or not representable. Nothing was written.</summary>
public sealed class SharedValueException : SharedObjectException
{
    internal SharedValueException(string objectName, string message, Exception? inner = null)
        : base(objectName, message, inner)
    {
    }
}
