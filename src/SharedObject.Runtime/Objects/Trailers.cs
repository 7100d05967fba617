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
        if (Posix.Status(descriptor.Number, out FileStatus status) < 0)
        {
            return null;
        }

        bool mayMake = mode == LockMode.Exclusive && options.Adopt && !options.ReadOnly;
        int size = TrailerArea.SegmentSizeFor(layout.BufferSize);
        if (status.Size == layout.BufferSize)
        {
            // Reserved, not only made longer: a page that a full file system can't give would be a SIGBUS when it is touched.
            if (!mayMake || Posix.Allocate(descriptor.Number, size) < 0)
            {
                return null;
            }
        }
        else if (status.Size < size)
        {
            return null;
        }

        if (Mapping.Map(descriptor, size, writable: !options.ReadOnly, out Mapping? mapping) < 0)
        {
            return null;
        }

        // Looked at again under the lock that this caller holds now: a trailer that is live must not be made anew. A magic of
        // zero is one that nobody has finished, whoever began it.
        if (!TrailerArea.IsAfter(mapping!.DangerousBytes, layout.BufferSize))
        {
            if (!mayMake || !TrailerArea.IsUnfinishedAfter(mapping.DangerousBytes, layout.BufferSize))
            {
                return null;
            }

            Stamps.InitializeTrailer(mapping, layout.BufferSize, schemaHash: 0, commit: 0);
        }

        return mapping;
    }
}
