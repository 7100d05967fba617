namespace SharedObjects;

/// <summary>How a thread waits for the next value of an object.</summary>
public enum WaitStrategy
{
    /// <summary>Asleep: it costs nothing, and wakes within some tens of microseconds of a write.</summary>
    Block,

    /// <summary>Awake for <see cref="SharedObjectOptions.SpinTime"/>, then asleep: for values that come close on each other.</summary>
    SpinThenBlock,

    /// <summary>Awake: it wakes within a fraction of a microsecond, and takes a whole core meanwhile.</summary>
    Spin,
}
