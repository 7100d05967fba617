using System;

namespace SharedObjects;

/// <summary>The object exists and has a type, but nobody has assigned a value to it yet.</summary>
public sealed class SharedNeverAssignedException : SharedObjectException
{
    internal SharedNeverAssignedException(string objectName, string message, Exception? inner = null)
        : base(objectName, message, inner)
    {
    }
}
