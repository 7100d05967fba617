using System;

namespace SharedObjects;

/// <summary>How a handle opens, makes and locks its object. Immutable; change a copy with <c>with</c>.</summary>
public sealed record SharedObjectOptions
{
    /// <summary>The options that are used where none are given.</summary>
    public static SharedObjectOptions Default { get; } = new();

    /// <summary>
    /// How long a call waits for the object's lock where it is given no timeout of its own: 5 s unless set. A peer that never
    /// lets go of the lock (a stopped process, a Python callback that raised) then costs an exception, not a hang.
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> waits for ever.
    /// </summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long opening waits for an object that another process is just making: 1 s unless set.</summary>
    public TimeSpan MountTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Python's <c>init_size</c> for objects without a schema: the least capacity, in bytes, that a new object's texts, byte
    /// strings and dict keys get. Python peers that are to assign the object must use the same; theirs is 100 unless they say so.
    /// </summary>
    public int InitSize { get; init; } = Wire.BytesArea.DefaultInitSize;

    /// <summary>Opens the object for reading only; writing and triggering then throw. Such a handle makes no objects.</summary>
    public bool ReadOnly { get; init; }
}
