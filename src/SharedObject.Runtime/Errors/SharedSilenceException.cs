using System;

namespace SharedObjects;

/// <summary>No new value has come for as long as the caller was ready to wait.</summary>
public sealed class SharedSilenceException : SharedObjectException
{
    internal SharedSilenceException(string objectName, string message, TimeSpan silence)
        : base(objectName, message) => Silence = silence;

    /// <summary>How long none has come.</summary>
    public TimeSpan Silence { get; }
}
