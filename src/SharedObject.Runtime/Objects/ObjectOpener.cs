using System;
using System.Threading;
using SharedObjects.Internals;
using SharedObjects.Interop;
using SharedObjects.Memory;
using SharedObjects.Sync;
using SharedObjects.Wire;

namespace SharedObjects.Objects;

/// <summary>Mounts objects that exist.</summary>
internal static class ObjectOpener
{
    private static readonly TimeSpan PollStep = TimeSpan.FromMilliseconds(1);
    private static readonly ObjectLayout None = new(ValueLayout.None);

    /// <summary>Mounts an object; waits a bounded time where another process is just making it.</summary>
    /// <returns>The segment, or null if there is none of this name.</returns>
    /// <exception cref="SharedNotReadyException">The object was not finished in time.</exception>
    /// <exception cref="SharedFormatException">What is there is not an object of this format.</exception>
    /// <exception cref="SharedLockTimeoutException">A writer held the lock all the while.</exception>
    internal static MountedSegment? TryOpen(string name, SharedObjectOptions options, CancellationToken cancellation)
    {
        string path = SegmentName.ToPath(name);
        Deadline deadline = Deadline.After(options.MountTimeout, cancellation).Started();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            int number = Posix.Open(path, writable: !options.ReadOnly);
            if (number == -Errno.ENOENT)
            {
                return null;
            }

            // Opened anew each time: a maker that died may have been cleaned away and followed by another.
            using var opening = new Opening(name, options, CheckOpened(name, number), cancellation);
            if (opening.TryMount(out MountedSegment? segment))
            {
                return segment;
            }

            if (deadline.HasPassed)
            {
                throw Error.BeingMade(name, options.MountTimeout, opening.Size);
            }

            cancellation.WaitHandle.WaitOne(PollStep);
        }
    }

    /// <summary>Mounts an object if that is possible at once.</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="options">How to open it.</param>
    /// <param name="contract">
    /// Who asks for it. Where that can't use a None, a None counts as one that is being made: Python makes it of a name that somebody has
    /// opened before its producer did. Null: a None counts as every other.
    /// </param>
    /// <returns>The segment, or null if there is none of this name, it is being made, or a writer holds its lock.</returns>
    /// <exception cref="SharedFormatException">What is there is not an object of this format.</exception>
    internal static MountedSegment? TryOpenAtOnce(string name, SharedObjectOptions options, ILayoutContract? contract)
    {
        int number = Posix.Open(SegmentName.ToPath(name), writable: !options.ReadOnly);
        if (number == -Errno.ENOENT)
        {
            return null;
        }

        using var opening = new Opening(name, options, CheckOpened(name, number), CancellationToken.None)
        {
            MayWait = false,
            TakesNone = contract?.Accepts(None) ?? true,
        };
        opening.TryMount(out MountedSegment? segment);
        return segment;
    }

    private static SegmentDescriptor CheckOpened(string name, int number) => number switch
    {
        >= 0 => new SegmentDescriptor(number),
        -Errno.EISDIR => throw Error.NotAnObject(name, "it is a directory"),
        -Errno.ENXIO => throw Error.NotAnObject(name, "it is not a regular file"),
        _ => throw Error.System(name, "open", -number),
    };

    /// <summary>One attempt: owns the descriptor until a segment does.</summary>
    private sealed class Opening(string name, SharedObjectOptions options, SegmentDescriptor descriptor, CancellationToken cancellation)
        : IDisposable
    {
        private bool _mounted;

        /// <summary>Whether to wait for the lock; if not, a segment that is locked counts as one that is being made.</summary>
        internal bool MayWait { get; init; } = true;

        /// <summary>Whether to mount a None.</summary>
        internal bool TakesNone { get; init; } = true;

        internal long Size { get; private set; }

        public void Dispose()
        {
            if (!_mounted)
            {
                descriptor.Dispose();
            }
        }

        /// <summary>False if the object is being made.</summary>
        internal bool TryMount(out MountedSegment? segment)
        {
            segment = null;
            FileStatus status = Status();
            if (!status.IsRegularFile)
            {
                throw Error.NotAnObject(name, "it is not a regular file");
            }

            if (!options.Allow(status.Owner, status.Mode, Posix.User()))
            {
                throw Error.NotAllowed(name, status.Owner, status.Mode, options.UnixFileMode);
            }

            if (status.Size == 0)
            {
                return false; // made, but its maker has not given it a size yet
            }

            var fileLock = new FileLock(descriptor, name);
            if (!(MayWait ? fileLock.TryAcquire(LockMode.Shared, Deadline.After(options.LockTimeout, cancellation)) : fileLock.TryAcquireAtOnce(LockMode.Shared)))
            {
                if (!MayWait)
                {
                    return false;
                }

                throw Error.LockTimeout(name, LockMode.Shared, options.LockTimeout, LockHolders.Of(descriptor));
            }

            try
            {
                return TryMountLocked(fileLock, out segment);
            }
            finally
            {
                fileLock.Release();
            }
        }

        private bool TryMountLocked(FileLock fileLock, out MountedSegment? segment)
        {
            segment = null;
            FileStatus status = Status(); // again, under the lock
            Size = status.Size;
            if (Size > ObjectLayout.MaxBufferSize)
            {
                throw Error.NotAnObject(name, $"it has {Size} bytes, more than the {ObjectLayout.MaxBufferSize} of the largest object");
            }

            if (Size < ObjectHeader.DataOffset)
            {
                return Size == 0 ? false : throw Error.NotAnObject(name, $"it has {Size} bytes, fewer than a header");
            }

            // Nothing of a file with holes is touched before its pages are there; and none are reserved for what is no object yet. Nor is
            // anything mapped that may have to be looked at for hours: that is unmapped by the garbage collector, whenever it comes.
            if ((status.IsSparse || !TakesNone) && !HasTag(TakesNone))
            {
                return false;
            }

            int result = Mapping.Map(descriptor, (int)Size, writable: !options.ReadOnly, out Mapping? mapping);
            if (result < 0)
            {
                throw Error.System(name, "map", -result);
            }

            if (status.IsSparse)
            {
                Reserve(mapping!);
            }

            ReadOnlySpan<byte> bytes = mapping!.DangerousBytes;
            // A None is as long as a header: one that is longer is waiting for its tag, or has a trailer.
            bool isBeingMade = bytes[ObjectHeader.TagOffset] == (byte)WireTag.None
                && !TrailerArea.IsLegalAfter(bytes, ObjectHeader.DataOffset);
            if (!isBeingMade)
            {
                ObjectLayout layout = LayoutParser.Parse(bytes, out string? problem) ?? throw Error.NotAnObject(name, problem!);
                Stamps stamps = Stamps.Of(mapping, new CodecContext(name, layout));
                segment = new MountedSegment(descriptor, fileLock, stamps, status, stamps.Mtime);
                _mounted = true;
            }

            GC.KeepAlive(mapping);
            return !isBeingMade;
        }

        /// <summary>Whether the object has its type; read, as the page may be missing.</summary>
        /// <param name="orNone">Whether that of a None, which is as long as a header, counts.</param>
        private bool HasTag(bool orNone)
        {
            Span<byte> header = stackalloc byte[ObjectHeader.DataOffset];
            return Posix.Read(descriptor.Number, header, 0) == header.Length
                && (header[ObjectHeader.TagOffset] != (byte)WireTag.None || (orNone && Size == ObjectHeader.DataOffset));
        }

        /// <summary>
        /// Reserves the pages of a segment with holes, as Python makes them: one that a full file system can't give would be a SIGBUS when
        /// it is touched, even by reading.
        /// </summary>
        private void Reserve(Mapping mapping)
        {
            // A descriptor that may only read can't reserve, but reading may find pages all the same.
            int result = options.ReadOnly ? mapping.Populate(mapping.Size) : Posix.Allocate(descriptor.Number, Size);
            if (result < 0)
            {
                throw Error.System(name, "reserve the memory of", result == -Errno.EFAULT ? Errno.ENOSPC : -result);
            }
        }

        private FileStatus Status()
        {
            int result = Posix.Status(descriptor.Number, out FileStatus status);
            return result < 0 ? throw Error.System(name, "look at", -result) : status;
        }
    }
}
