using System;

namespace SharedObjects;

/// <summary>A number in the object is out of range of the C# member that it was to be read into.</summary>
public sealed class SharedRangeException : SharedObjectException
{
    internal SharedRangeException(string objectName, string message, Exception? inner = null)
        : base(objectName, message, inner)
    {
    }
}
