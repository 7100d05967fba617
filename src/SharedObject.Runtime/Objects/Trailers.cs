using System;
using SharedObjects.Interop;
using SharedObjects.Memory;
using SharedObjects.Sync;
using SharedObjects.Wire;

namespace SharedObjects.Objects;

/// <summary>Adopts segments that Python processes made: grows them by a trailer.</summary>
internal static class Trailers
{
    /// <summary>
    /// Maps a segment with the trailer that it has got since it was mounted, or that it gets now. The caller holds the lock.
    /// </summary>
    /// <param name="descriptor">The segment.</param>
    /// <param name="layout">The object's layout.</param>
    /// <param name="options">Whether to make a trailer where there is none.</param>
    /// <param name="mode">The lock that the caller holds; a trailer is made only under the writer's.</param>
    /// <returns>Null if there is no trailer, and none can be made: the object is then read under the lock.</returns>
    internal static Mapping? TryFind(SegmentDescriptor descriptor, ObjectLayout layout, SharedObjectOptions options, LockMode mode)
    {
        // A dynamic object has one from the start, or it would not have been mounted: one that is lost is not to be made anew.
        if (layout.Value.Tag == WireTag.Dynamic || Posix.Status(descriptor.Number, out FileStatus status) < 0)
        {
            return null;
        }

        bool mayMake = mode == LockMode.Exclusive && options.Adopt && !options.ReadOnly;
        bool hasRoom = status.Size != layout.BufferSize;
        if (!(hasRoom && IsThere(descriptor, layout)) && !(mayMake && CanMake(descriptor, layout, hasRoom) && TryMake(descriptor, layout)))
        {
            return null;
        }

        int size = TrailerArea.SegmentSizeFor(layout.BufferSize);
        return Mapping.Map(descriptor, size, writable: !options.ReadOnly, out Mapping? mapping) < 0 ? null : mapping;
    }

    // Read, not mapped: a segment with a trailer of another version is asked about again each time it is locked.
    private static bool IsThere(SegmentDescriptor descriptor, ObjectLayout layout)
    {
        Span<byte> trailer = stackalloc byte[TrailerArea.Size];
        return Posix.Read(descriptor.Number, trailer, TrailerArea.OffsetFor(layout.BufferSize)) == trailer.Length
            && TrailerArea.IsAfter(trailer, 0);
    }

    /// <summary>Whether there is nothing behind the object, or what an adopter that died has left there: zeros.</summary>
    private static bool CanMake(SegmentDescriptor descriptor, ObjectLayout layout, bool hasRoom)
    {
        Span<byte> magic = stackalloc byte[sizeof(ulong)];
        return !hasRoom
            || (layout.Value.Tag != WireTag.None
                && Posix.Read(descriptor.Number, magic, TrailerArea.OffsetFor(layout.BufferSize)) == magic.Length
                && !magic.ContainsAnyExcept((byte)0));
    }

    /// <summary>
    /// Makes the trailer, whole or not at all: it does not lie across pages, and the segment's new length is set when its bytes are
    /// there. The caller holds the writer's lock and has found no magic behind the object: a trailer that is live is never made anew.
    /// </summary>
    private static bool TryMake(SegmentDescriptor descriptor, ObjectLayout layout)
    {
        // Python makes segments sparse: a page that a full file system can't give would be a SIGBUS when it is touched first.
        if (Posix.Allocate(descriptor.Number, layout.BufferSize) < 0)
        {
            return false;
        }

        Span<byte> trailer = stackalloc byte[TrailerArea.Size];
        TrailerArea.Write(trailer, schemaHash: 0, commit: 0);
        return Posix.Write(descriptor.Number, trailer, TrailerArea.OffsetFor(layout.BufferSize)) == trailer.Length;
    }
}
