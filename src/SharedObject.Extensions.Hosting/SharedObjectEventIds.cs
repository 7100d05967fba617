namespace SharedObjects.Hosting;

/// <summary>The ids of the library's log lines. Their categories begin with <c>SharedObjects</c>.</summary>
public static class SharedObjectEventIds
{
    /// <summary>Warning: an object's name is gone (<see cref="SharedObjectEventKind.Unlinked"/>).</summary>
    public const int Unlinked = 1;

    /// <summary>Warning: a producer has made an object anew, and a handle stays with the old one (<see cref="SharedObjectEventKind.Replaced"/>).</summary>
    public const int Replaced = 2;

    /// <summary>Information: a handle has moved to an object that was made anew (<see cref="SharedObjectEventKind.Remounted"/>).</summary>
    public const int Remounted = 3;

    /// <summary>Information: this process has made an object anew (<see cref="SharedObjectEventKind.Republished"/>).</summary>
    public const int Republished = 4;

    /// <summary>Debug: a registered object was opened, when it was first asked for.</summary>
    public const int Opened = 10;

    /// <summary>Information: a watcher waits for the object's producer.</summary>
    public const int WaitingForProducer = 11;

    /// <summary>Information: a watcher has opened its object.</summary>
    public const int Watching = 12;

    /// <summary>Warning: no value has come for <see cref="SharedWatchOptions.MaxSilence"/>.</summary>
    public const int Silent = 13;

    /// <summary>Information: values come again after a silence, or after an error.</summary>
    public const int Resumed = 14;

    /// <summary>Error: a watcher can't read its object, and tries again each second. Said once for each error.</summary>
    public const int WatchFailed = 15;
}
