using System;
using SharedObjects.Internals;
using SharedObjects.Interop;
using SharedObjects.Sync;
using SharedObjects.Wire;

namespace SharedObjects.Objects;

/// <content>The values of dynamic objects (docs/protocol.md, "Objects that grow").</content>
internal sealed partial class ObjectMount
{
    /// <summary>The segment's size in bytes as it is now.</summary>
    internal long SegmentSize
    {
        get
        {
            while (true)
            {
                ThrowIfDisposed();
                try
                {
                    long size = _segment.Size;
                    return size >= 0 ? size : throw Error.System(Name, "look at", (int)-size);
                }
                catch (ObjectDisposedException)
                {
                    // The handle has moved to another segment in between, or has ended.
                }
            }
        }
    }

    private bool IsDynamic => Layout.Value.Tag == WireTag.Dynamic;

    /// <summary>Maps the segment anew where a value ends beyond what is mapped. Without the lock; the caller begins to read anew.</summary>
    /// <param name="end">Where the value seems to end.</param>
    /// <returns>False if the segment is not that long: the length was half of a write, or nonsense.</returns>
    internal bool TryFollow(long end)
    {
        try
        {
            if (_segment.Follow(end, Options.ReadOnly) != 0)
            {
                return false;
            }
        }
        catch (ObjectDisposedException)
        {
            return !_disposed; // the handle has moved to another segment
        }

        UseStamps();
        return true;
    }

    /// <summary>Finds the value that is there. The caller holds the lock.</summary>
    /// <param name="size">The size of the object that its bytes are.</param>
    /// <returns>
    /// The stamps that have it. The caller keeps them alive while it reads: a reader on another thread that follows a growth makes the handle
    /// forget them.
    /// </returns>
    /// <exception cref="SharedFormatException">There is none: a peer has written what is not of this format, or truncated the segment.</exception>
    internal Stamps FindValueLocked(out int size)
    {
        CheckSize();
        CheckIsDynamic();
        ulong length = Stamps.ValueLength;
        bool isPossible = DynamicArea.TryGetSize(length, out size);
        int error = isPossible ? FollowLocked(DynamicArea.EndOf(size)) : Errno.ERANGE;
        return error == 0 ? Stamps
            : error == Errno.ERANGE ? throw Error.BadValue(Name, $"it has {length} bytes, and its segment {SegmentSize}")
            : throw Error.System(Name, "map", error);
    }

    /// <summary>
    /// Begins a write of a value that may be longer than all before: grows the segment if it has to be. Until <see cref="EndValue"/> what
    /// is there counts as torn. The caller holds the writer's lock.
    /// </summary>
    /// <param name="size">The size of the object that the value's bytes are.</param>
    /// <param name="stamp">The stamp of the new value.</param>
    /// <returns>The stamps that have room for the value: to write it by, and to end the write with.</returns>
    /// <exception cref="SharedSystemException">The segment can't grow. Nothing has changed.</exception>
    /// <exception cref="SharedFormatException">A peer has truncated the segment, or made something else of it.</exception>
    internal Stamps BeginValue(int size, out ulong stamp)
    {
        // Before anything of the segment is touched; and one that was truncated must not be made longer again, with zeros for its head.
        if (DynamicArea.EndOf(size) > Stamps.Mapping.Size)
        {
            CheckSize();
        }
        else
        {
            CheckSizeNowAndThen();
        }

        CheckIsDynamic();
        int error = _segment.Grow(DynamicArea.EndOf(size));
        if (error != 0)
        {
            throw Error.System(Name, "grow", error);
        }

        UseGrown();
        stamp = BeginWrite();
        return Stamps;
    }

    /// <summary>Ends a write that <see cref="BeginValue"/> has begun.</summary>
    internal void EndValue(Stamps stamps, int size, ulong stamp)
    {
        stamps.ValueLength = DynamicArea.LengthOf(size);
        EndWrite(stamp);
    }

    /// <summary>Writes a value. The caller holds the writer's lock.</summary>
    /// <param name="value">Its bytes as those of an object.</param>
    /// <inheritdoc cref="BeginValue" path="/exception"/>
    internal void WriteValue(ReadOnlySpan<byte> value)
    {
        Stamps stamps = BeginValue(value.Length, out ulong stamp);
        value[ObjectHeader.TagOffset..].CopyTo(stamps.DangerousValue(value.Length)[ObjectHeader.TagOffset..]);
        EndValue(stamps, value.Length, stamp);
    }

    private int FollowLocked(long end)
    {
        int error = _segment.Follow(end, Options.ReadOnly);
        UseGrown();
        return error;
    }

    /// <summary>Only where it has grown: readers on other threads share the cache line.</summary>
    private void UseGrown()
    {
        if (_watched != Stamps)
        {
            UseStamps();
        }
    }

    private void CheckIsDynamic()
    {
        if (!Stamps.IsDynamic)
        {
            throw Error.NotAnObject(Name, $"it was a dynamic object of version {DynamicArea.Version} when it was opened, and is none now");
        }
    }
}
