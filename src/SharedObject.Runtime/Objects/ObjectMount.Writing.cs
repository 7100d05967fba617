namespace SharedObjects.Objects;

/// <content>Writing, under the writer's lock.</content>
internal sealed partial class ObjectMount
{
    /// <summary>Begins a write: until <see cref="EndWrite"/>, what is in the object counts as torn.</summary>
    /// <returns>The stamp of the new value.</returns>
    internal ulong BeginWrite() => Stamps.BeginWrite();

    /// <summary>Ends a write: the value is whole, and seen by this handle. Whoever waits for it is woken.</summary>
    internal void EndWrite(ulong stamp)
    {
        Stamps.EndWrite(stamp);
        Seen = stamp;
    }

    /// <summary>Gives the value that is there a new stamp, which this handle has not seen.</summary>
    internal void Trigger() => Stamps.Trigger();
}
