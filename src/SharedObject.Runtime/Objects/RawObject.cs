using System;
using System.Buffers.Binary;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Sync;
using SharedObjects.Wire;

namespace SharedObjects.Objects;

/// <summary>
/// An object as bytes, whatever its type: read and written whole, by the same protocol as through a typed handle. For those who carry
/// objects elsewhere. No call waits for a lock.
/// </summary>
internal sealed class RawObject : IDisposable
{
    private static readonly Deadline AtOnce = Deadline.After(TimeSpan.Zero, CancellationToken.None);

    private readonly ObjectMount _mount;

    private RawObject(ObjectMount mount) => _mount = mount;

    /// <summary>The layout that it has now; another one after its producer has made it anew.</summary>
    internal ObjectLayout Layout => _mount.Layout;

    /// <summary>Its stamp, without a lock: 0 says nothing.</summary>
    internal ulong Stamp => _mount.LoadStamp();

    /// <summary>Where the segment stands to its name. One system call.</summary>
    internal SegmentLink Link => _mount.Link;

    /// <summary>Opens an object if that is possible at once.</summary>
    /// <returns>Null if there is none of this name, it is being made, or a writer holds its lock.</returns>
    /// <exception cref="SharedFormatException">What is there is not an object of this format.</exception>
    /// <exception cref="SharedSystemException">The system refused.</exception>
    internal static RawObject? TryOpen(string name, SharedObjectOptions options)
    {
        if (ObjectOpener.TryOpenAtOnce(name, options) is not { } segment)
        {
            return null;
        }

        var mount = new ObjectMount(name, options, AnyLayout.Instance, segment);
        try
        {
            mount.AdoptWithin(AtOnce);
            return new RawObject(mount);
        }
        catch
        {
            mount.Dispose();
            throw;
        }
    }

    /// <summary>Makes an object in one step.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">How to make it.</param>
    /// <param name="layout">Its layout, which the value was found to have.</param>
    /// <param name="value">The object from its first byte on; its stamp does not count.</param>
    /// <param name="stamp">Its stamp; 0 if it was never assigned.</param>
    /// <returns>Null if there is a segment of this name.</returns>
    /// <exception cref="SharedSystemException">The system refused: shared memory is full, say.</exception>
    internal static RawObject? TryMake(string name, SharedObjectOptions options, ObjectLayout layout, ReadOnlySpan<byte> value, ulong stamp) =>
        ObjectMaker.TryMakeCopy(name, options, layout, schemaHash: 0, value, stamp) is { } segment
            ? new RawObject(new ObjectMount(name, options, AnyLayout.Instance, segment))
            : null;

    /// <summary>Waits for another stamp than the one that is known; follows a producer that makes the object anew.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The object was disposed of here.</exception>
    /// <exception cref="SharedFormatException">What has the name now is not an object.</exception>
    internal async ValueTask WaitAsync(ulong after, CancellationToken cancellation) =>
        await _mount.WaitAsync(after, Deadline.After(Timeout.InfiniteTimeSpan, cancellation).Started()).ConfigureAwait(false);

    /// <summary>Copies the whole object out, if there is a whole value and its lock is not needed or free.</summary>
    /// <param name="destination">Where it goes; from its first byte on, with the stamp that it was read under.</param>
    /// <param name="size">How long the object is.</param>
    /// <param name="stamp">The value's stamp.</param>
    /// <exception cref="SharedFormatException">A peer has truncated the segment.</exception>
    internal RawRead TryRead(Span<byte> destination, out int size, out ulong stamp)
    {
        int tries = 0;
        do
        {
            Stamps stamps = _mount.BeginUnlocked();
            size = stamps.BufferSize;
            if (size > destination.Length)
            {
                stamp = 0;
                return RawRead.TooLarge;
            }

            if (size > 0 && stamps.TryCopy(0, destination[..size], out stamp))
            {
                // The word itself may have been read while the next writer was storing it.
                BinaryPrimitives.WriteUInt64LittleEndian(destination[ObjectHeader.StampOffset..], stamp);
                return RawRead.Whole;
            }
        }
        while (_mount.WaitForWriter(tries++));

        ReadResult result = _mount.EnterToRead(AtOnce, out LockRegion region, out stamp);
        using (region)
        {
            if (result != ReadResult.Whole)
            {
                return result switch
                {
                    ReadResult.NeverAssigned => RawRead.NeverAssigned,
                    ReadResult.Torn => RawRead.Torn,
                    _ => RawRead.Locked,
                };
            }

            size = _mount.Stamps.BufferSize;
            if (size > destination.Length)
            {
                return RawRead.TooLarge;
            }

            _mount.Stamps.DangerousBytes.CopyTo(destination);
            GC.KeepAlive(_mount.Stamps);
            return RawRead.Whole;
        }
    }

    /// <summary>Writes the whole object, if its lock is free and the value has its layout.</summary>
    /// <param name="value">The object from its first byte on; its stamp does not count.</param>
    /// <param name="known">The stamp that was written here last; 0 if none was.</param>
    /// <param name="stamp">The new stamp, if it was written.</param>
    /// <param name="isForeign">Whether somebody else has written the object since.</param>
    /// <exception cref="SharedFormatException">A peer has truncated the segment, or what has the name now is not an object.</exception>
    internal RawWrite TryWrite(ReadOnlySpan<byte> value, ulong known, out ulong stamp, out bool isForeign)
    {
        stamp = 0;
        isForeign = false;
        switch (_mount.Link)
        {
            case SegmentLink.Unlinked:
                return RawWrite.Unlinked;
            case SegmentLink.Replaced:
                return _mount.TryMove() ? TryWrite(value, 0, out stamp, out isForeign) : RawWrite.Locked;
        }

        if (!_mount.TryEnter(LockMode.Exclusive, AtOnce, out LockRegion region))
        {
            return RawWrite.Locked;
        }

        using (region)
        {
            Stamps stamps = _mount.Stamps;
            if (stamps.BufferSize != value.Length || !stamps.Context.Layout.FixedParts.Match(value))
            {
                return RawWrite.OtherLayout;
            }

            isForeign = known != 0 && stamps.Mtime != known;
            stamp = _mount.BeginWrite();
            value[ObjectHeader.TagOffset..].CopyTo(stamps.DangerousBytes[ObjectHeader.TagOffset..]);
            _mount.EndWrite(stamp);
            return RawWrite.Written;
        }
    }

    public void Dispose() => _mount.Dispose();

    private sealed class AnyLayout : ILayoutContract
    {
        internal static AnyLayout Instance { get; } = new();

        public ulong SchemaHash => 0;

        public void Check(string name, ObjectLayout layout)
        {
            // Bytes are carried whatever they mean.
        }
    }
}
