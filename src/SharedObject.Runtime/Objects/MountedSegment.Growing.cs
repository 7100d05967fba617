using System;
using System.Threading;
using SharedObjects.Interop;
using SharedObjects.Memory;
using SharedObjects.Sync;
using SharedObjects.Wire;

namespace SharedObjects.Objects;

/// <content>
/// Segments of dynamic objects, which grow. Mappings of before stay right, as a segment never shrinks and stays the same file; they are
/// unmapped when no reader has them any more. As each growth is by a factor, the old ones that wait for that take at most five times the
/// segment's size of address space, and no memory.
/// </content>
internal sealed partial class MountedSegment
{
    private readonly Lock _remapping = new();

    /// <summary>The segment's size in bytes now, or minus the error number.</summary>
    internal long Size => WithDescriptor(static (descriptor, _) => Posix.Size(descriptor.Number), 0);

    /// <summary>Maps the segment anew, if it has grown. Any thread may ask, with the lock or without.</summary>
    /// <param name="needed">How many bytes have to be mapped.</param>
    /// <param name="readOnly">Whether the mapping is only to read from.</param>
    /// <returns>0, ERANGE if the segment is not that long, or another error number.</returns>
    internal int Follow(long needed, bool readOnly)
    {
        lock (_remapping)
        {
            return _stamps.Mapping.Size >= needed
                ? 0
                : WithDescriptor(static (_, state) => state.Self.Remap(state.needed, state.readOnly), (Self: this, needed, readOnly));
        }
    }

    /// <summary>Makes sure that the segment is so long, and mapped. The caller holds the writer's lock.</summary>
    /// <param name="needed">How many bytes there have to be, at most <see cref="DynamicArea.MaxSegmentSize"/>.</param>
    /// <returns>0, or the error number: the segment is then as it was.</returns>
    internal int Grow(long needed)
    {
        if (_stamps.Mapping.Size >= needed)
        {
            return 0;
        }

        long size = Posix.Size(Descriptor.Number);
        if (size < needed)
        {
            // Pages are reserved before the size changes: a file system that is full says so here, and has changed nothing.
            long generous = DynamicArea.GrownSize(size, needed), least = DynamicArea.SegmentSizeFor(needed);
            int result = Posix.Allocate(Descriptor.Number, generous);
            if (result < 0 && least < generous)
            {
                result = Posix.Allocate(Descriptor.Number, least);
            }

            if (result < 0)
            {
                return -result;
            }
        }

        return Follow(needed, readOnly: false);
    }

    private int Remap(long needed, bool readOnly)
    {
        int result = Posix.Status(Descriptor.Number, out FileStatus status);
        if (result < 0)
        {
            return -result;
        }

        int size = (int)Math.Min(status.Size, DynamicArea.MaxSegmentSize);
        if (size < needed)
        {
            return Errno.ERANGE;
        }

        result = Mapping.Map(Descriptor, size, writable: !readOnly, out Mapping? mapping);
        if (result >= 0 && status.IsSparse)
        {
            // Nobody who keeps to the protocol leaves holes: a page that can't be had would be a SIGBUS when it is read.
            result = readOnly ? mapping!.Populate((int)needed) : Posix.Allocate(Descriptor.Number, needed);
        }

        if (result >= 0)
        {
            var stamps = Stamps.Of(mapping!, _stamps.Context);
            result = stamps.HasTrailer ? 0 : -Errno.ERANGE;
            _stamps = stamps.HasTrailer ? stamps : _stamps;
        }

        return -result;
    }
}
