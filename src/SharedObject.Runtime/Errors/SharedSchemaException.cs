using System;

namespace SharedObjects;

/// <summary>The object is of another type, shape, dtype or capacity than the C# type, or has other dict keys. Nothing was written.</summary>
public sealed class SharedSchemaException : SharedObjectException
{
    internal SharedSchemaException(string objectName, string message, Exception? inner = null)
        : base(objectName, message, inner)
    {
    }
}
