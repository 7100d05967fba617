using System;

namespace SharedObjects;

/// <summary>The object's value is older than the caller accepts.</summary>
public sealed class SharedStaleException : SharedObjectException
{
    internal SharedStaleException(string objectName, string message, TimeSpan age, TimeSpan maxAge)
        : base(objectName, message)
    {
        Age = age;
        MaxAge = maxAge;
    }

    /// <summary>How old the value was when it was read.</summary>
    public TimeSpan Age { get; }

    /// <summary>How old it may have been.</summary>
    public TimeSpan MaxAge { get; }
}
