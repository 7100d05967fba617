using System;
using SharedObjects.Interop;
using SharedObjects.Memory;
using SharedObjects.Sync;
using SharedObjects.Wire;

namespace SharedObjects.Objects;

/// <summary>A segment that is open and mapped: the file, its lock, and the words in it.</summary>
/// <remarks>A handle has one, and another one after it has moved to a new segment of its name.</remarks>
internal sealed partial class MountedSegment : IDisposable
{
    private readonly ulong _inode;
    private volatile Stamps _stamps; // others when the segment has grown

    internal MountedSegment(SegmentDescriptor descriptor, FileLock fileLock, Stamps stamps, in FileStatus status, ulong stampAtMount)
    {
        Descriptor = descriptor;
        Lock = fileLock;
        _stamps = stamps;
        _inode = status.Inode;
        StampAtMount = stampAtMount;
    }

    internal SegmentDescriptor Descriptor { get; }

    internal FileLock Lock { get; }

    /// <summary>The mtime, as it was read under the lock when the segment was mounted, or as its maker has set it.</summary>
    internal ulong StampAtMount { get; }

    internal Stamps Stamps => _stamps;

    /// <summary>
    /// Takes over a layout that is the same as its own: what was encoded for one segment then fits the other.
    /// </summary>
    internal void ShareLayout(ObjectLayout layout)
    {
        Stamps stamps = _stamps;
        if (stamps.BufferSize == layout.BufferSize && layout.FixedParts.Match(stamps.DangerousBytes))
        {
            _stamps = Stamps.Of(stamps.Mapping, new CodecContext(stamps.Context.ObjectName, layout));
        }
    }

    /// <summary>Uses a trailer that another process has made meanwhile, or makes it where that may be. The caller holds the lock.</summary>
    /// <returns>False if there is none.</returns>
    internal bool TryFindTrailer(SharedObjectOptions options, LockMode mode)
    {
        Stamps stamps = _stamps;
        if (Trailers.TryFind(Descriptor, stamps.Context.Layout, options, mode) is not { } mapping)
        {
            return false;
        }

        _stamps = Stamps.Of(mapping, stamps.Context);
        return true;
    }

    /// <summary>Whether the segment has no name any more; cheaper than <see cref="Link"/>, which also finds one that was renamed.</summary>
    internal bool IsUnlinked()
    {
        try
        {
            return WithDescriptor(
                static (descriptor, _) => Posix.Status(descriptor.Number, out FileStatus status) >= 0 && status.Links == 0, state: 0);
        }
        catch (ObjectDisposedException)
        {
            return false; // the handle has moved on, or has ended
        }
    }

    /// <summary>Where the segment stands to its name.</summary>
    internal SegmentLink Link(string path)
    {
        int result = Posix.Status(path, out FileStatus named);
        return result switch
        {
            >= 0 => named.Inode == _inode ? SegmentLink.Linked : SegmentLink.Replaced, // one file system: the inode says it all
            -Errno.ENOENT => SegmentLink.Unlinked,
            _ => SegmentLink.Linked, // what can't be told is left as it is
        };
    }

    public void Dispose() => Descriptor.Dispose();

    /// <summary>Uses the descriptor outside the gate, where another thread may be disposing it.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed: the handle has moved on, or has ended.</exception>
    private TResult WithDescriptor<TState, TResult>(Func<SegmentDescriptor, TState, TResult> function, TState state)
    {
        bool held = false;
        try
        {
            Descriptor.DangerousAddRef(ref held);
            return function(Descriptor, state);
        }
        finally
        {
            if (held)
            {
                Descriptor.DangerousRelease();
            }
        }
    }
}
