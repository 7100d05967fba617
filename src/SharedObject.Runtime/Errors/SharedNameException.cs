using System;

namespace SharedObjects;

/// <summary>The name can't be one of a shared object: empty, too long, or with a character that a segment's name can't have.</summary>
public sealed class SharedNameException : SharedObjectException
{
    internal SharedNameException(string objectName, string message, Exception? inner = null)
        : base(objectName, message, inner)
    {
    }
}
