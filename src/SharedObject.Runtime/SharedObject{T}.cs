using System;
using System.Runtime.CompilerServices;
using System.Threading;
using CommunityToolkit.HighPerformance.Buffers;
using SharedObjects.Internals;
using SharedObjects.Objects;
using SharedObjects.Sync;
using SharedObjects.Wire;

namespace SharedObjects;

/// <summary>A handle of a shared object with a value of type <typeparamref name="T"/>.</summary>
/// <typeparam name="T">The type of the value: one that can be shared by itself, or a schema's.</typeparam>
/// <remarks>
/// Made by a schema's own <c>Open</c>, <c>Create</c>, <c>OpenOrCreate</c> and <c>Publish</c>, or by those of
/// <see cref="SharedObject"/>. It may be used by any number of threads.
/// </remarks>
public sealed partial class SharedObject<T> : SharedHandle
{
    /// <summary>
    /// Up to this many bytes an object is copied to the stack, checked to be whole, and decoded then. A larger one, and one whose codec
    /// only loads and copies, is decoded in place, straight into where it ends up, and that is thrown away if a write came between.
    /// </summary>
    private const int StackLimit = 4096;

    // A frame of 4 KiB costs a few nanoseconds more than a small one, as much as reading a small value: most are smaller than this.
    private const int SmallStackLimit = 1024;

    private readonly SharedCodec<T> _codec;
    private readonly CodecContext _context;
    private readonly int _size;
    private readonly bool _isPlain;
    private ulong _checkedStamp; // the stamp whose fixed parts have been compared

    internal SharedObject(ObjectMount mount, SharedCodec<T> codec)
        : base(mount)
    {
        _codec = codec;
        _context = mount.Context;
        _size = mount.Layout.BufferSize;
        _isPlain = codec.IsPlain;
    }

    /// <summary>The object's value: a copy, never torn.</summary>
    /// <exception cref="SharedNeverAssignedException">Nobody has assigned a value yet.</exception>
    /// <exception cref="SharedTornException">A writer died half-way through the value.</exception>
    /// <exception cref="SharedLockTimeoutException">The lock was needed, and not to be had within <see cref="SharedObjectOptions.LockTimeout"/>.</exception>
    /// <exception cref="SharedSchemaException">A peer has put other dict keys in.</exception>
    /// <exception cref="SharedRangeException">A number does not fit its C# member.</exception>
    /// <exception cref="SharedFormatException">The bytes are not what their type says.</exception>
    /// <exception cref="SharedReentrancyException">Called from a callback of this handle.</exception>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    public T Fetch()
    {
        T value = default!;
        if (!TryFetchUnlocked(ref value, into: false))
        {
            FetchSlowly(ref value, into: false, Mount.Options.LockTimeout, CancellationToken.None);
        }

        return value;
    }

    /// <inheritdoc cref="Fetch()"/>
    /// <param name="timeout">How long to wait for the lock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public T Fetch(TimeSpan timeout, CancellationToken cancellation = default)
    {
        T value = default!;
        FetchSlowly(ref value, into: false, timeout, cancellation);
        return value;
    }

    /// <summary>
    /// Fetches into an earlier value: its arrays are filled again where they have the right shape, so that nothing is allocated
    /// for them.
    /// </summary>
    /// <param name="value">The earlier value, or the default; afterwards the object's. After an exception its arrays' contents are undefined.</param>
    /// <inheritdoc cref="Fetch()" path="/exception"/>
    public void FetchInto(ref T value)
    {
        if (!TryFetchUnlocked(ref value, into: true))
        {
            FetchSlowly(ref value, into: true, Mount.Options.LockTimeout, CancellationToken.None);
        }
    }

    /// <inheritdoc cref="FetchInto(ref T)"/>
    /// <param name="value">The earlier value, or the default; afterwards the object's. After an exception its arrays' contents are undefined.</param>
    /// <param name="timeout">How long to wait for the lock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public void FetchInto(ref T value, TimeSpan timeout, CancellationToken cancellation = default) =>
        FetchSlowly(ref value, into: true, timeout, cancellation);

    /// <summary>Fetches the value, if there is a whole one, and the lock is to be had in time where it is needed.</summary>
    /// <param name="value">The value.</param>
    /// <param name="timeout">How long to wait for the lock; not at all unless given.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False if the object was never assigned, its value is torn, or the lock was needed and not to be had in time.</returns>
    /// <exception cref="SharedSchemaException">A peer has put other dict keys in.</exception>
    /// <exception cref="SharedRangeException">A number does not fit its C# member.</exception>
    /// <exception cref="SharedFormatException">The bytes are not what their type says.</exception>
    /// <exception cref="SharedReentrancyException">Called from a callback of this handle.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public bool TryFetch(
        [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T value, TimeSpan timeout = default, CancellationToken cancellation = default)
    {
        value = default!;
        if (FetchWithin(ref value, into: false, Deadline.After(timeout, cancellation)) == ReadResult.Whole)
        {
            return true;
        }

        value = default!;
        return false;
    }

    /// <summary>As <see cref="FetchInto(ref T)"/>, if there is a value and the lock is to be had in time.</summary>
    /// <param name="value">The earlier value, or the default; afterwards the object's.</param>
    /// <param name="timeout">How long to wait for the lock; not at all unless given.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>
    /// False if the object was never assigned, its value is torn, or the lock was needed and not to be had in time. The contents of the
    /// earlier value's arrays are then undefined.
    /// </returns>
    /// <inheritdoc cref="TryFetch" path="/exception"/>
    public bool TryFetchInto(ref T value, TimeSpan timeout = default, CancellationToken cancellation = default) =>
        FetchWithin(ref value, into: true, Deadline.After(timeout, cancellation)) == ReadResult.Whole;

    /// <summary>Assigns a value, for every process to see.</summary>
    /// <param name="value">The value.</param>
    /// <returns>This handle.</returns>
    /// <exception cref="SharedValueException">The value does not fit the object. Nothing was written.</exception>
    /// <exception cref="SharedLockTimeoutException">The lock was not to be had within <see cref="SharedObjectOptions.LockTimeout"/>. Nothing was written.</exception>
    /// <exception cref="SharedSystemException">The handle is read-only.</exception>
    /// <exception cref="SharedReentrancyException">Called from a callback, or inside a read lock scope, of this handle.</exception>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    public SharedObject<T> Assign(in T value) => Assign(value, Mount.Options.LockTimeout);

    /// <inheritdoc cref="Assign(in T)"/>
    /// <param name="value">The value.</param>
    /// <param name="timeout">How long to wait for the lock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public SharedObject<T> Assign(in T value, TimeSpan timeout, CancellationToken cancellation = default)
    {
        Deadline deadline = Deadline.After(timeout, cancellation);
        return AssignWithin(value, deadline) ? this : throw Mount.LockTimeout(LockMode.Exclusive, deadline.Timeout);
    }

    /// <summary>Assigns a value, if the lock is to be had in time.</summary>
    /// <param name="value">The value.</param>
    /// <param name="timeout">How long to wait for the lock; not at all unless given.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False if the lock was not to be had in time; nothing was written.</returns>
    /// <exception cref="SharedValueException">The value does not fit the object. Nothing was written.</exception>
    /// <exception cref="SharedSystemException">The handle is read-only.</exception>
    /// <exception cref="SharedReentrancyException">Called from a callback, or inside a read lock scope, of this handle.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public bool TryAssign(in T value, TimeSpan timeout = default, CancellationToken cancellation = default) =>
        AssignWithin(value, Deadline.After(timeout, cancellation));

    /// <summary>Marks the object as new without changing its value; every handle, this one included, reports it once.</summary>
    /// <returns>This handle.</returns>
    /// <exception cref="SharedLockTimeoutException">The lock was not to be had within <see cref="SharedObjectOptions.LockTimeout"/>.</exception>
    /// <exception cref="SharedSystemException">The handle is read-only.</exception>
    /// <exception cref="SharedReentrancyException">Called from a callback, or inside a read lock scope, of this handle.</exception>
    public SharedObject<T> Trigger()
    {
        TriggerWithin(DefaultDeadline());
        return this;
    }

    /// <inheritdoc cref="Trigger()"/>
    /// <param name="timeout">How long to wait for the lock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public SharedObject<T> Trigger(TimeSpan timeout, CancellationToken cancellation = default)
    {
        TriggerWithin(Deadline.After(timeout, cancellation));
        return this;
    }

    /// <inheritdoc cref="SharedTrigger.TryTrigger"/>
    public bool TryTrigger(TimeSpan timeout, CancellationToken cancellation = default) =>
        TryTriggerWithin(Deadline.After(timeout, cancellation));

    /// <summary>The way that nearly all fetches of small objects go: no lock, no clock, no allocation of its own.</summary>
    private bool TryFetchUnlocked(ref T value, bool into) =>
        _isPlain ? TryFetchPlain(ref value, into)
        : _size <= SmallStackLimit ? TryFetchUnlockedThroughSmallFrame(ref value, into)
        : _size <= StackLimit && TryFetchUnlockedThroughLargeFrame(ref value, into);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)] // its frame is not one for plain values to pay for
    private bool TryFetchUnlockedThroughSmallFrame(ref T value, bool into)
    {
        Span<byte> stack = stackalloc byte[SmallStackLimit];
        return TryFetchUnlocked(stack[.._size], ref value, into);
    }

    /// <summary>
    /// One copy instead of two, for codecs that take any bytes whatever: what they have read is thrown away if a write came between.
    /// </summary>
    private bool TryFetchPlain(ref T value, bool into)
    {
        Stamps stamps = Mount.BeginUnlocked();
        ulong stamp = stamps.BeginRead();
        if (stamp == 0)
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = stamps.DangerousBytes(_size);
        if (Volatile.Read(ref _checkedStamp) != stamp && !_context.Layout.FixedParts.Match(bytes))
        {
            return false; // other keys, or half of a write: what follows tells them apart
        }

        if (into)
        {
            _codec.ReadInto(bytes, ref value, _context);
        }
        else
        {
            value = _codec.Read(bytes, _context);
        }

        if (!stamps.EndRead(stamp))
        {
            return false;
        }

        Accept(stamp);
        return true;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryFetchUnlockedThroughLargeFrame(ref T value, bool into)
    {
        Span<byte> stack = stackalloc byte[StackLimit];
        return TryFetchUnlocked(stack[.._size], ref value, into);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryFetchUnlocked(Span<byte> copy, ref T value, bool into)
    {
        if (!Mount.TryCopy(0, copy, out ulong stamp))
        {
            return false;
        }

        Decode(copy, stamp, ref value, into);
        Accept(stamp);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FetchSlowly(ref T value, bool into, TimeSpan timeout, CancellationToken cancellation)
    {
        Deadline deadline = Deadline.After(timeout, cancellation);
        ThrowUnlessWhole(FetchWithin(ref value, into, deadline), deadline);
    }

    private ReadResult FetchWithin(ref T value, bool into, in Deadline deadline) =>
        TryFetchUnlocked(ref value, into) ? ReadResult.Whole
        : _size <= StackLimit ? FetchThroughStack(ref value, into, deadline)
        : _codec.HasFixedKeys ? FetchInPlace(ref value, into, deadline)
        : FetchThroughCopy(ref value, into, deadline);

    [SkipLocalsInit]
    private ReadResult FetchThroughStack(ref T value, bool into, in Deadline deadline)
    {
        Span<byte> stack = stackalloc byte[StackLimit];
        Span<byte> copy = stack[.._size];
        ReadResult result = Mount.Copy(0, copy, deadline, out ulong stamp);
        if (result == ReadResult.Whole)
        {
            Decode(copy, stamp, ref value, into);
            Accept(stamp);
        }

        return result;
    }

    private ReadResult FetchThroughCopy(ref T value, bool into, in Deadline deadline)
    {
        using SpanOwner<byte> owner = SpanOwner<byte>.Allocate(_size);
        ReadResult result = Mount.TryCopy(0, owner.Span, out ulong stamp)
            ? ReadResult.Whole
            : Mount.Copy(0, owner.Span, deadline, out stamp);
        if (result == ReadResult.Whole)
        {
            Decode(owner.Span, stamp, ref value, into);
            Accept(stamp);
        }

        return result;
    }

    private ReadResult FetchInPlace(ref T value, bool into, in Deadline deadline)
    {
        Stamps stamps = Mount.BeginUnlocked();
        ulong stamp = stamps.BeginRead();
        if (stamp != 0 && TryDecodeUnlocked(stamps, stamp, ref value, into))
        {
            Accept(stamp);
            return ReadResult.Whole;
        }

        ReadResult result = Mount.EnterToRead(deadline, out LockRegion region, out stamp);
        using (region)
        {
            if (result == ReadResult.Whole)
            {
                Decode(Mount.DangerousBytes, stamp, ref value, into);
                Accept(stamp);
            }
        }

        return result;
    }

    private bool TryDecodeUnlocked(Stamps stamps, ulong stamp, ref T value, bool into)
    {
        try
        {
            Decode(Mount.DangerousBytes, stamp, ref value, into);
        }
        catch (Exception) when (!stamps.EndRead(stamp))
        {
            return false; // what could not be read was half of this value and half of that
        }

        return stamps.EndRead(stamp);
    }

    private void Decode(ReadOnlySpan<byte> bytes, ulong stamp, ref T value, bool into)
    {
        CheckFixedParts(bytes, stamp);
        if (into)
        {
            _codec.ReadInto(bytes, ref value, _context);
        }
        else
        {
            value = _codec.Read(bytes, _context);
        }
    }

    /// <summary>A value with this stamp was whole, and had the fixed parts it should have.</summary>
    private void Accept(ulong stamp)
    {
        if (Volatile.Read(ref _checkedStamp) != stamp)
        {
            Volatile.Write(ref _checkedStamp, stamp);
        }

        Mount.Seen = stamp;
    }

    /// <summary>Compares the fixed parts, unless those of this very write have been compared before.</summary>
    private void CheckFixedParts(ReadOnlySpan<byte> bytes, ulong stamp)
    {
        if (Volatile.Read(ref _checkedStamp) != stamp && _codec.HasFixedKeys)
        {
            CheckFixedParts(bytes, _context);
        }
    }

    private static void CheckFixedParts(ReadOnlySpan<byte> bytes, in CodecContext context)
    {
        if (context.Layout.FixedParts.Match(bytes))
        {
            return;
        }

        // Unequal bytes may still be equal keys (only the payload of a text counts), and if not, the message should say which.
        ObjectLayout found = LayoutParser.Parse(bytes, out string? problem) ?? throw Error.NotAnObject(context.ObjectName, problem!);
        if (context.Layout.Value.DifferenceFrom(found.Value, compareKeys: true) is { } difference)
        {
            throw Error.KeysChanged(context.ObjectName, difference);
        }
    }

    [SkipLocalsInit]
    private bool AssignWithin(in T value, in Deadline deadline)
    {
        Mount.ThrowIfDisposed();
        CodecContext context = _context;
        _codec.Validate(value, context);
        int size = _size;
        if (size > StackLimit && _codec.HasFixedKeys)
        {
            return AssignInPlace(value, context, deadline);
        }

        // Encoded before the lock is taken: it is held for one copy, and nothing that fails can leave half a value.
        using SpanOwner<byte> owner = size > StackLimit ? SpanOwner<byte>.Allocate(size) : SpanOwner<byte>.Empty;
        Span<byte> encoded = size > StackLimit ? owner.Span : stackalloc byte[StackLimit];
        encoded = encoded[..size];
        context.Layout.FixedParts.CopyTo(encoded);
        _codec.Write(value, encoded, context);
        if (!Mount.TryEnter(LockMode.Exclusive, deadline, out LockRegion region))
        {
            return false;
        }

        using (region)
        {
            ulong stamp = Mount.BeginWrite();
            encoded[ObjectHeader.TagOffset..].CopyTo(Mount.DangerousBytes[ObjectHeader.TagOffset..]);
            Mount.EndWrite(stamp);
            return true;
        }
    }

    private bool AssignInPlace(in T value, in CodecContext context, in Deadline deadline)
    {
        if (!Mount.TryEnter(LockMode.Exclusive, deadline, out LockRegion region))
        {
            return false;
        }

        using (region)
        {
            ulong stamp = Mount.BeginWrite();
            context.Layout.FixedParts.CopyTo(Mount.DangerousBytes);
            _codec.Write(value, Mount.DangerousBytes, context);
            Mount.EndWrite(stamp);
            return true;
        }
    }
}
