using System;
using System.Threading;

namespace SharedObjects;

/// <summary>What a stream of an object's values begins with, and what it does when none come.</summary>
public sealed record SharedWatchOptions
{
    /// <summary>The options that are used where none are given.</summary>
    public static SharedWatchOptions Default { get; } = new();

    /// <summary>Whether the stream begins with the value that is there, even if the handle has seen it already.</summary>
    public bool StartWithCurrent { get; init; }

    /// <summary>How long a producer may be silent: for ever, unless set. Counted anew from each value.</summary>
    public TimeSpan MaxSilence { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Is told, once each time, that no value has come for <see cref="MaxSilence"/>; the stream goes on. Without it, the stream ends then
    /// with a <see cref="SharedSilenceException"/>.
    /// </summary>
    public Action<TimeSpan>? OnSilence { get; init; }
}
