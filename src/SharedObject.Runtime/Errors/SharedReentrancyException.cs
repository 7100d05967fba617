using System;

namespace SharedObjects;

/// <summary>A callback or lock scope of an object called the same handle in a way that would wait for itself.</summary>
public sealed class SharedReentrancyException : SharedObjectException
{
    internal SharedReentrancyException(string objectName, string message, Exception? inner = null)
        : base(objectName, message, inner)
    {
    }
}
