using SharedObjects.Sync;

namespace SharedObjects.Objects;

/// <summary>Reads whole values of one object, for what is the same for all kinds of them: waiting for the next, streams, freshness.</summary>
internal interface IValueReader<T>
{
    ObjectMount Mount { get; }

    /// <summary>Reads the value that is there.</summary>
    /// <param name="value">The value, if there is a whole one.</param>
    /// <param name="deadline">How long to wait for the lock, where it is needed.</param>
    /// <param name="stamp">The value's stamp.</param>
    ReadResult Read(ref T value, in Deadline deadline, out ulong stamp);
}
