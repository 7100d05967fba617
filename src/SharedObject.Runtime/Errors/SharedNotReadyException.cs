using System;

namespace SharedObjects;

/// <summary>The object is being made by another process, which did not finish in time (or died before it had).</summary>
public sealed class SharedNotReadyException : SharedObjectException
{
    internal SharedNotReadyException(string objectName, string message, Exception? inner = null)
        : base(objectName, message, inner)
    {
    }
}
