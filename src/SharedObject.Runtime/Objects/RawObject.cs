using System;
using System.Buffers.Binary;
using System.Threading;
using SharedObjects.Sync;
using SharedObjects.Waiting;
using SharedObjects.Wire;

namespace SharedObjects.Objects;

/// <summary>
/// An object as bytes (<see cref="RawBytes"/>), whatever its type: read and written whole, by the same protocol as through a typed handle. For
/// those who carry objects elsewhere. No call waits for a lock.
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
        if (ObjectOpener.TryOpenAtOnce(name, options, AnyLayout.Instance) is not { } segment)
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
    /// <param name="layout">The layout that the value was found to have.</param>
    /// <param name="value">The object from its first byte on; its stamp does not count.</param>
    /// <param name="stamp">Its stamp; 0 if it was never assigned.</param>
    /// <returns>Null if there is a segment of this name.</returns>
    /// <exception cref="SharedSystemException">The system refused: shared memory is full, say.</exception>
    internal static RawObject? TryMake(string name, SharedObjectOptions options, ObjectLayout layout, ReadOnlySpan<byte> value, ulong stamp) =>
        (RawBytes.IsDynamic(value)
            ? ObjectMaker.TryMakeDynamic(name, options, RawBytes.ValueOf(value), stamp)
            : ObjectMaker.TryMakeCopy(name, options, layout, schemaHash: 0, value, stamp)) is { } segment
            ? new RawObject(new ObjectMount(name, options, AnyLayout.Instance, segment))
            : null;

    /// <summary>Has somebody called for each new value, until the object is disposed of here.</summary>
    /// <param name="after">The stamp of what is known already.</param>
    /// <param name="changed">There is another value. Called on the thread that has noticed it: see <see cref="WaitHub.Listen"/>.</param>
    /// <param name="mustFollow">The name may lead elsewhere: see to it that <see cref="Follow"/> is called, on another thread. May come again before it was.</param>
    internal void Listen(ulong after, Action changed, Action mustFollow)
    {
        ulong seen = after;
        _mount.Listen(
            () =>
            {
                ulong stamp = _mount.Watched.Mtime; // which is 0 when it has just been disposed of
                if (stamp != 0 && stamp != seen)
                {
                    seen = stamp;
                    changed();
                }

                if (_mount.MustBeLookedAfter)
                {
                    mustFollow();
                }
            },
            after);
    }

    /// <summary>Moves to the object that a producer has made anew, if there is one.</summary>
    /// <exception cref="ObjectDisposedException">The object was disposed of here.</exception>
    /// <exception cref="SharedFormatException">What has the name now is not an object.</exception>
    internal void Follow()
    {
        _mount.LookAfter();
        WaitHub.LookAgain(_mount);
    }

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
            if (TryReadUnlocked(destination, out size, out stamp) is { } found)
            {
                return found;
            }
        }
        while (_mount.WaitForWriter(tries++));

        ReadResult result = _mount.EnterToRead(AtOnce, out LockRegion region, out stamp);
        using (region)
        {
            return result switch
            {
                ReadResult.Whole => CopyLocked(destination, out size) ? RawRead.Whole : RawRead.TooLarge,
                ReadResult.NeverAssigned => RawRead.NeverAssigned,
                ReadResult.Torn => RawRead.Torn,
                _ => RawRead.Locked,
            };
        }
    }

    /// <returns>Null if there was no whole value to be had without the lock.</returns>
    private RawRead? TryReadUnlocked(Span<byte> destination, out int size, out ulong stamp)
    {
        while (true)
        {
            Stamps stamps = _mount.BeginUnlocked();
            size = stamps.BufferSize;
            stamp = size == 0 ? 0 : stamps.BeginRead();
            if (stamp == 0)
            {
                return null;
            }

            int valueSize = 0;
            if (IsDynamic(stamps))
            {
                // The length may be that of a write under way, and then has nothing to do with the bytes: so it is only held to the mapping.
                if (!stamps.IsDynamic || !DynamicArea.TryGetSize(stamps.ValueLength, out valueSize))
                {
                    return null;
                }

                long end = DynamicArea.EndOf(valueSize);
                if (end > stamps.Mapping.Size)
                {
                    if (_mount.TryFollow(end))
                    {
                        continue;
                    }

                    return null;
                }

                size = RawBytes.SizeOf(valueSize);
            }

            if (size <= destination.Length)
            {
                Copy(stamps, valueSize, destination[..size]);
            }

            if (!stamps.EndRead(stamp))
            {
                return null;
            }

            if (size > destination.Length)
            {
                return RawRead.TooLarge;
            }

            // The word itself may have been read while the next writer was storing it.
            BinaryPrimitives.WriteUInt64LittleEndian(destination[ObjectHeader.StampOffset..], stamp);
            return RawRead.Whole;
        }
    }

    private bool CopyLocked(Span<byte> destination, out int size)
    {
        Stamps stamps = _mount.Stamps;
        int valueSize = 0;
        size = stamps.BufferSize;
        if (IsDynamic(stamps))
        {
            stamps = _mount.FindValueLocked(out valueSize);
            size = RawBytes.SizeOf(valueSize);
        }

        bool fits = size <= destination.Length;
        if (fits)
        {
            Copy(stamps, valueSize, destination[..size]);
        }

        GC.KeepAlive(stamps);
        return fits;
    }

    private static bool IsDynamic(Stamps stamps) => stamps.Context.Layout.Value.Tag == WireTag.Dynamic;

    private static void Copy(Stamps stamps, int valueSize, Span<byte> destination)
    {
        if (valueSize == 0)
        {
            stamps.DangerousBytes.CopyTo(destination);
            return;
        }

        RawBytes.Join(stamps.DangerousBytes, stamps.DangerousValue(valueSize), destination);
        // Its length was read once, and what was copied is that long, whatever the word says by now.
        BinaryPrimitives.WriteUInt64LittleEndian(destination[DynamicArea.LengthOffset..], DynamicArea.LengthOf(valueSize));
    }

    /// <summary>Writes the whole object, if its lock is free and the value has its layout.</summary>
    /// <param name="value">The object from its first byte on; its stamp does not count.</param>
    /// <param name="known">The stamp that was written here last; 0 if none was.</param>
    /// <param name="stamp">The new stamp, if it was written.</param>
    /// <param name="isForeign">Whether somebody else has written the object since.</param>
    /// <exception cref="SharedFormatException">A peer has truncated the segment, or what has the name now is not an object.</exception>
    internal RawWrite TryWrite(ReadOnlySpan<byte> value, ulong known, out ulong stamp, out bool isForeign)
    {
        RawWrite result = TryWriteHere(value, known, out stamp, out isForeign);

        // Where the name leads is asked afterwards, as the question takes as long as all the rest: a value that has got into a segment without
        // a name is written once more, into the one that readers find.
        return _mount.Link switch
        {
            SegmentLink.Unlinked => RawWrite.Unlinked,
            SegmentLink.Replaced => _mount.TryMove() ? TryWrite(value, 0, out stamp, out isForeign) : RawWrite.Locked,
            _ => result,
        };
    }

    private RawWrite TryWriteHere(ReadOnlySpan<byte> value, ulong known, out ulong stamp, out bool isForeign)
    {
        stamp = 0;
        isForeign = false;
        if (!_mount.TryEnter(LockMode.Exclusive, AtOnce, out LockRegion region))
        {
            return RawWrite.Locked;
        }

        using (region)
        {
            Stamps stamps = _mount.Stamps;
            bool isDynamic = RawBytes.IsDynamic(value);
            if (isDynamic != IsDynamic(stamps) || (!isDynamic && (stamps.BufferSize != value.Length || !stamps.Context.Layout.FixedParts.Match(value))))
            {
                return RawWrite.OtherLayout;
            }

            isForeign = known != 0 && stamps.Mtime != known;
            if (isDynamic)
            {
                _mount.WriteValue(RawBytes.ValueOf(value));
                stamp = _mount.Seen;
                return RawWrite.Written;
            }

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

        public bool Accepts(ObjectLayout layout) => true;

        public void Check(string name, ObjectLayout layout)
        {
            // Bytes are carried whatever they mean.
        }
    }
}
