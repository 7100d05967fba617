using System;

namespace SharedObjects;

/// <summary>What is in the segment is not a shared object, or its bytes can't be read as what they say they are.</summary>
public sealed class SharedFormatException : SharedObjectException
{
    internal SharedFormatException(string objectName, string message, Exception? inner = null)
        : base(objectName, message, inner)
    {
    }
}
