using System;

namespace SharedObjects.Hosting.Watching;

/// <summary>How a watcher fares, for health checks; written by the watcher alone.</summary>
internal sealed class WatcherStatus(string name)
{
    private volatile Exception? _problem;
    private volatile bool _isSilent;

    internal string Name => name;

    /// <summary>Why it can't read its object, if it can't.</summary>
    internal Exception? Problem
    {
        get => _problem;
        set => _problem = value;
    }

    /// <summary>Whether no value has come for as long as was allowed.</summary>
    internal bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }
}
