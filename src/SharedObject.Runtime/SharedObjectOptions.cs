using System;
using System.IO;
using System.Runtime.InteropServices;
using SharedObjects.Sync;

namespace SharedObjects;

/// <summary>How a handle opens, makes and locks its object. Immutable; change a copy with <c>with</c>.</summary>
public sealed record SharedObjectOptions
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>The options that are used where none are given.</summary>
    public static SharedObjectOptions Default { get; } = new();

    /// <summary>
    /// How long a call waits for the object's lock where it is given no timeout of its own: 5 s unless set. A peer that never
    /// lets go of the lock (a stopped process, a Python callback that raised) then costs an exception, not a hang.
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> waits for ever.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative and not infinite, or more than <see cref="int.MaxValue"/> milliseconds.</exception>
    public TimeSpan LockTimeout
    {
        get;
        init
        {
            Deadline.Check(value); // here, not at the first call that needs the lock, which may be hours later
            field = value;
        }
    } = TimeSpan.FromSeconds(5);

    /// <summary>How long opening waits for an object that another process is just making: 1 s unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative and not infinite, or more than <see cref="int.MaxValue"/> milliseconds.</exception>
    public TimeSpan MountTimeout
    {
        get;
        init
        {
            Deadline.Check(value);
            field = value;
        }
    } = TimeSpan.FromSeconds(1);

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

    /// <summary>How a thread waits for the next value: asleep, unless set. Asynchronous waits are always asleep.</summary>
    public WaitStrategy WaitStrategy { get; init; } = WaitStrategy.Block;

    /// <summary>How long <see cref="WaitStrategy.SpinThenBlock"/> spins before it sleeps: 50 microseconds unless set.</summary>
    public TimeSpan SpinTime { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <summary>
    /// The longest time between two looks of one who waits: 10 ms unless set, at least 0.1 ms. Plain Python writers wake nobody; a
    /// waiter looks for their values by itself, at times that it learns from those before, and never later than this.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan LongestPollStep
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Whether waits and streams move the handle to the new segment where a producer has made its object anew under the same name, as
    /// one that was restarted does. Its layout is checked again. Otherwise the handle stays with the old segment, and
    /// <see cref="SharedHandle.IsStale"/> says so.
    /// </summary>
    public bool Remount { get; init; } = true;

    /// <summary>
    /// For the owner of an object: whether a write that finds the object's name gone makes it anew (<see cref="SharedHandle.Republish"/>).
    /// Python's resource tracker unlinks a segment when a process ends that has merely attached it. Writes look every 20 ms at most.
    /// </summary>
    public bool Republish { get; init; }

    /// <summary>
    /// Who takes part, beside this process's user: 0600 unless set, nobody, as of Python's segments. Segments that are made get exactly this
    /// mode, whatever the umask. An object is opened only if it belongs to this user, or if this gives the group or others access; and only
    /// if nobody may write it whom this does not let. Reading objects that another user publishes with 0640 so needs
    /// <c>UserRead | UserWrite | GroupRead</c> (and <see cref="ReadOnly"/>). Who may read a segment may also lock it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not let the user read and write, or has bits other than read and write.</exception>
    public UnixFileMode UnixFileMode
    {
        get;
        init
        {
            if ((value & Owner) != Owner || (value & ~(Owner | Group | Others)) != 0)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(value), value, "A segment's mode is UserRead | UserWrite, with or without the same of the group and of others.");
            }

            field = value;
        }
    } = Owner;

    /// <summary>Opens the object for reading only; writing and triggering then throw. Such a handle makes no objects.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Whether an object may be opened: whether no more users take part in it than <see cref="UnixFileMode"/> lets.</summary>
    /// <param name="owner">The segment's owner.</param>
    /// <param name="mode">The segment's mode.</param>
    /// <param name="user">This process's user.</param>
    internal bool Allow(uint owner, UnixFileMode mode, uint user)
    {
        const UnixFileMode Writers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        return (owner == user || (UnixFileMode & (Group | Others)) != 0) && (mode & Writers & ~UnixFileMode) == 0;
    }
}
