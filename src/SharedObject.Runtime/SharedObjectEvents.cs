using System;

namespace SharedObjects;

/// <summary>What happens to the objects that this process has open, for logs and monitors: of all handles.</summary>
public static class SharedObjectEvents
{
    /// <summary>
    /// Something has happened to an object. The sender is the handle. Raised on the thread that has noticed: of one who waits, or has
    /// called <see cref="SharedHandle.TryRemount"/> or <see cref="SharedHandle.Republish"/>. What a subscriber throws, it gets.
    /// </summary>
    public static event EventHandler<SharedObjectEventArgs>? Raised;

    internal static void Raise(SharedHandle? handle, SharedObjectEventArgs args)
    {
        handle?.OnRaised(args);
        Raised?.Invoke(handle, args);
    }
}
