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
public sealed partial class SharedObject<T> : SharedHandle, IValueReader<T>
{
    /// <summary>
    /// Up to this many bytes an object is copied to the stack, checked to be whole, and decoded then. A larger one, and one whose codec
    /// only loads and copies, is decoded in place, straight into where it ends up, and that is thrown away if a write came between.
    /// </summary>
    private const int StackLimit = 4096;

    // A frame of 4 KiB costs a few nanoseconds more than a small one, as much as reading a small value: most are smaller than this.
    private const int SmallStackLimit = 1024;

    private readonly SharedCodec<T> _codec;
    private readonly bool _isPlain;

    internal SharedObject(ObjectMount mount, SharedCodec<T> codec)
        : base(mount)
    {
        _codec = codec;
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
        if (!TryFetchUnlocked(ref value, into: false, out _))
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
    /// <param name="value">The earlier value, or the default; afterwards the object's. After an exception it is undefined, the contents of its arrays included.</param>
    /// <inheritdoc cref="Fetch()" path="/exception"/>
    public void FetchInto(ref T value)
    {
        if (!TryFetchUnlocked(ref value, into: true, out _))
        {
            FetchSlowly(ref value, into: true, Mount.Options.LockTimeout, CancellationToken.None);
        }
    }

    /// <inheritdoc cref="FetchInto(ref T)"/>
    /// <param name="value">The earlier value, or the default; afterwards the object's. After an exception it is undefined, the contents of its arrays included.</param>
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
        if (FetchWithin(ref value, into: false, Deadline.After(timeout, cancellation), out _) == ReadResult.Whole)
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
    /// False if the object was never assigned, its value is torn, or the lock was needed and not to be had in time. The earlier value is
    /// then undefined, the contents of its arrays included: parts of another one may have got into it.
    /// </returns>
    /// <inheritdoc cref="TryFetch" path="/exception"/>
    public bool TryFetchInto(ref T value, TimeSpan timeout = default, CancellationToken cancellation = default) =>
        FetchWithin(ref value, into: true, Deadline.After(timeout, cancellation), out _) == ReadResult.Whole;

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

    private ReadResult FetchWithin(ref T value, bool into, in Deadline deadline, out ulong stamp)
    {
        if (TryFetchUnlocked(ref value, into, out stamp))
        {
            return ReadResult.Whole;
        }

        for (int tries = 0; Mount.WaitForWriter(tries); tries++)
        {
            if (TryFetchUnlocked(ref value, into, out stamp))
            {
                return ReadResult.Whole;
            }
        }

        return FetchLocked(ref value, into, deadline, out stamp);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FetchSlowly(ref T value, bool into, TimeSpan timeout, CancellationToken cancellation)
    {
        Deadline deadline = Deadline.After(timeout, cancellation);
        ThrowUnlessWhole(FetchWithin(ref value, into, deadline, out _), deadline);
    }

    /// <summary>The way that nearly all fetches go: no lock, no clock, no allocation of its own.</summary>
    private bool TryFetchUnlocked(ref T value, bool into, out ulong stamp)
    {
        Stamps stamps = Mount.BeginUnlocked();
        return _isPlain ? TryFetchPlain(stamps, ref value, into, out stamp)
            : stamps.BufferSize <= SmallStackLimit ? TryFetchThroughSmallFrame(stamps, ref value, into, out stamp)
            : stamps.BufferSize <= StackLimit ? TryFetchThroughLargeFrame(stamps, ref value, into, out stamp)
            : TryFetchLarge(stamps, ref value, into, out stamp);
    }

    /// <summary>
    /// One copy instead of two, for codecs that take any bytes whatever: what they have read is thrown away if a write came between.
    /// </summary>
    private bool TryFetchPlain(Stamps stamps, ref T value, bool into, out ulong stamp)
    {
        stamp = stamps.BeginRead();
        if (stamp == 0)
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = stamps.DangerousBytes;
        if (stamps.CheckedStamp != stamp && !stamps.Context.Layout.FixedParts.Match(bytes))
        {
            return false; // other keys, or half of a write: what follows tells them apart
        }

        Read(bytes, stamps.Context, ref value, into);
        if (!stamps.EndRead(stamp))
        {
            return false;
        }

        Accept(stamps, stamp);
        return true;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)] // its frame is not one for plain values to pay for
    private bool TryFetchThroughSmallFrame(Stamps stamps, ref T value, bool into, out ulong stamp)
    {
        Span<byte> stack = stackalloc byte[SmallStackLimit];
        return TryFetchThrough(stack[..stamps.BufferSize], stamps, ref value, into, out stamp);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryFetchThroughLargeFrame(Stamps stamps, ref T value, bool into, out ulong stamp)
    {
        Span<byte> stack = stackalloc byte[StackLimit];
        return TryFetchThrough(stack[..stamps.BufferSize], stamps, ref value, into, out stamp);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryFetchLarge(Stamps stamps, ref T value, bool into, out ulong stamp)
    {
        if (_codec.HasFixedKeys)
        {
            stamp = stamps.BeginRead();
            return stamp != 0 && TryDecodeInPlace(stamps, stamp, ref value, into);
        }

        using SpanOwner<byte> owner = SpanOwner<byte>.Allocate(stamps.BufferSize);
        return TryFetchThrough(owner.Span, stamps, ref value, into, out stamp);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryFetchThrough(Span<byte> copy, Stamps stamps, ref T value, bool into, out ulong stamp)
    {
        if (!stamps.TryCopy(0, copy, out stamp))
        {
            return false;
        }

        Decode(copy, stamps, stamp, ref value, into);
        Accept(stamps, stamp);
        return true;
    }

    private bool TryDecodeInPlace(Stamps stamps, ulong stamp, ref T value, bool into)
    {
        try
        {
            Decode(stamps.DangerousBytes, stamps, stamp, ref value, into);
        }
        catch (Exception) when (!stamps.EndRead(stamp))
        {
            return false; // what could not be read was half of this value and half of that
        }

        if (!stamps.EndRead(stamp))
        {
            return false;
        }

        Accept(stamps, stamp);
        return true;
    }

    [SkipLocalsInit]
    private ReadResult FetchLocked(ref T value, bool into, in Deadline deadline, out ulong stamp)
    {
        Span<byte> stack = stackalloc byte[StackLimit];
        ReadResult result = EnterToRead(stack, deadline, out LockRegion region, out Stamps stamps, out stamp, out Span<byte> bytes);
        using (region)
        {
            if (result == ReadResult.Whole)
            {
                // A codec that goes by what the bytes say must not have them change under its eyes.
                using SpanOwner<byte> owner = bytes.Length > StackLimit && !_codec.HasFixedKeys
                    ? SpanOwner<byte>.Allocate(bytes.Length)
                    : SpanOwner<byte>.Empty;
                if (owner.Length > 0)
                {
                    bytes.CopyTo(owner.Span);
                    bytes = owner.Span;
                }

                Decode(bytes, stamps, stamp, ref value, into);
                Accept(stamps, stamp);
            }
        }

        return result;
    }

    /// <summary>
    /// Takes the lock to look at the object. Of a small one a copy is handed out, and the lock is free again; a large one is looked at in
    /// place.
    /// </summary>
    /// <param name="stack">Room for the copy: <see cref="StackLimit"/> bytes.</param>
    /// <param name="deadline">How long to wait for the lock.</param>
    /// <param name="region">The lock, where it is held still.</param>
    /// <param name="stamps">The segment that was read.</param>
    /// <param name="stamp">The stamp of the value.</param>
    /// <param name="bytes">The copy, or the object itself.</param>
    private ReadResult EnterToRead(
        Span<byte> stack, scoped in Deadline deadline, out LockRegion region, out Stamps stamps, out ulong stamp, out Span<byte> bytes)
    {
        ReadResult result = Mount.EnterToRead(deadline, out region, out stamp);
        stamps = Mount.Stamps;
        bytes = default;
        if (result == ReadResult.Whole)
        {
            bytes = stamps.DangerousBytes;
            if (bytes.Length <= StackLimit)
            {
                bytes.CopyTo(stack);
                bytes = stack[..bytes.Length];
                region.Dispose();
                region = default;
            }
        }

        return result;
    }

    private void Decode(ReadOnlySpan<byte> bytes, Stamps stamps, ulong stamp, ref T value, bool into)
    {
        CheckFixedParts(bytes, stamps, stamp);
        Read(bytes, stamps.Context, ref value, into);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Read(ReadOnlySpan<byte> bytes, in CodecContext context, ref T value, bool into)
    {
        if (into)
        {
            _codec.ReadInto(bytes, ref value, context);
        }
        else
        {
            value = _codec.Read(bytes, context);
        }
    }

    /// <summary>A value with this stamp was whole, and had the fixed parts it should have.</summary>
    private void Accept(Stamps stamps, ulong stamp)
    {
        stamps.CheckedStamp = stamp;
        Mount.Seen = stamp;
    }

    /// <summary>Compares the fixed parts, unless those of this very write have been compared before.</summary>
    private void CheckFixedParts(ReadOnlySpan<byte> bytes, Stamps stamps, ulong stamp)
    {
        if (stamps.CheckedStamp != stamp && _codec.HasFixedKeys)
        {
            CheckFixedParts(bytes, stamps.Context);
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

    private bool AssignWithin(in T value, in Deadline deadline)
    {
        while (true)
        {
            Mount.ThrowIfDisposed();
            Stamps stamps = Mount.Stamps;
            _codec.Validate(value, stamps.Context);
            if (!(stamps.BufferSize > StackLimit && _codec.HasFixedKeys
                ? TryAssignInPlace(value, stamps.Context, deadline, out bool moved)
                : TryAssignEncoded(value, stamps.Context, deadline, out moved)))
            {
                return false;
            }

            if (!moved)
            {
                return true;
            }
        }
    }

    /// <summary>
    /// Encodes before the lock is taken: it is held for one copy, and nothing that fails can leave half a value.
    /// </summary>
    /// <param name="moved">Whether the handle has moved to a segment of another layout meanwhile, and nothing was written.</param>
    [SkipLocalsInit]
    private bool TryAssignEncoded(in T value, in CodecContext context, in Deadline deadline, out bool moved)
    {
        moved = false;
        int size = context.Layout.BufferSize;
        using SpanOwner<byte> owner = size > StackLimit ? SpanOwner<byte>.Allocate(size) : SpanOwner<byte>.Empty;
        Span<byte> encoded = size > StackLimit ? owner.Span : stackalloc byte[StackLimit];
        encoded = encoded[..size];
        if (size <= StackLimit || context.Layout.Value.HasSpareSlots)
        {
            // A value may leave spare slots and rows over: what this process had in that memory is nobody else's business.
            encoded.Clear();
        }

        context.Layout.FixedParts.CopyTo(encoded);
        _codec.Write(value, encoded, context);
        if (!Mount.TryEnter(LockMode.Exclusive, deadline, out LockRegion region))
        {
            return false;
        }

        using (region)
        {
            moved = Mount.Layout != context.Layout;
            if (!moved)
            {
                Stamps stamps = Mount.Stamps;
                ulong stamp = Mount.BeginWrite();
                encoded[ObjectHeader.TagOffset..].CopyTo(stamps.DangerousBytes[ObjectHeader.TagOffset..]);
                Mount.EndWrite(stamp);
            }

            return true;
        }
    }

    /// <inheritdoc cref="TryAssignEncoded"/>
    private bool TryAssignInPlace(in T value, in CodecContext context, in Deadline deadline, out bool moved)
    {
        moved = false;
        if (!Mount.TryEnter(LockMode.Exclusive, deadline, out LockRegion region))
        {
            return false;
        }

        using (region)
        {
            moved = Mount.Layout != context.Layout;
            if (!moved)
            {
                Stamps stamps = Mount.Stamps;
                ulong stamp = Mount.BeginWrite();
                context.Layout.FixedParts.CopyTo(stamps.DangerousBytes);
                _codec.Write(value, stamps.DangerousBytes, context);
                Mount.EndWrite(stamp);
            }

            return true;
        }
    }
}
