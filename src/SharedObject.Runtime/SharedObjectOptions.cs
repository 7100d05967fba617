using System;
using System.Runtime.InteropServices;

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

    /// <summary>
    /// Whether values are read without a lock where the segment's stamps allow it. By default on x86-64; on arm64 only where set,
    /// and only right for objects that no plain Python process writes: those rely on stores being seen in the order they were made.
    /// </summary>
    public bool LockFreeReads { get; init; } = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>
    /// Whether a segment that a Python process made is grown, once, by a trailer that lets C# peers read it without a lock. Python
    /// processes never look at it. Without it such an object is read under the lock, as Python does.
    /// </summary>
    public bool Adopt { get; init; } = true;

    /// <summary>Opens the object for reading only; writing and triggering then throw. Such a handle makes no objects.</summary>
    public bool ReadOnly { get; init; }
}
