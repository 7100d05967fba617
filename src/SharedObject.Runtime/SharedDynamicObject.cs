using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using CommunityToolkit.HighPerformance.Buffers;
using SharedObjects.Internals;
using SharedObjects.Objects;
using SharedObjects.Sync;
using SharedObjects.Wire;
using SharedObjects.Wire.Codecs;

namespace SharedObjects;

/// <summary>
/// An object whose value may be of another type, shape, length or with other keys after each assign. Its segment grows as values do, and
/// all who have it open follow, without opening it again.
/// </summary>
/// <remarks>
/// <para>
/// For C# programs and our Python package (<c>SharedDynamicObject</c> there as well). A program with the plain <c>real_robot</c> must not
/// mount one: it does not know the type, and its fetch fails with the lock held.
/// </para>
/// <para>
/// The segment never shrinks: it has room for the largest value so far, and for at most as much again. Values are read without the lock as
/// those of other objects are; those of more than about a kilobyte are copied twice, arrays once. It may be used by any number of threads.
/// </para>
/// </remarks>
public sealed partial class SharedDynamicObject : SharedHandle, IValueReader<object?>
{
    // A value of up to this many bytes is copied to the stack and decoded when the copy is known to be whole, a larger one to pooled memory.
    private const int StackLimit = 1024;

    private volatile ObjectLayout? _known; // of the last value that was read or written: most have the one of the value before
    private volatile Fit? _fit;

    private SharedDynamicObject(ObjectMount mount)
        : base(mount)
    {
    }

    /// <summary>
    /// How many bytes a value may have, its type and sizes included, before the segment has to grow. One system call.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    public long Capacity => Mount.SegmentSize - DynamicArea.ValueOffset;

    /// <summary>Mounts a dynamic object that exists.</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="options">How to open it; <see cref="SharedObjectOptions.Default"/> if null.</param>
    /// <param name="cancellation">Ends waits.</param>
    /// <exception cref="SharedNotFoundException">There is no object of this name.</exception>
    /// <exception cref="SharedSchemaException">The object is not a dynamic one.</exception>
    /// <exception cref="SharedNotReadyException">Its maker did not finish it within <see cref="SharedObjectOptions.MountTimeout"/>.</exception>
    /// <exception cref="SharedFormatException">What is there is not a shared object, or a dynamic one of another version.</exception>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    public static SharedDynamicObject Open(string name, SharedObjectOptions? options = null, CancellationToken cancellation = default) =>
        new(ObjectMounts.Open(name, DynamicCodec.Instance, options ?? SharedObjectOptions.Default, cancellation));

    /// <summary>Waits until there is a dynamic object of this name, and mounts it.</summary>
    /// <inheritdoc cref="SharedObject.OpenAsync{T}(string, SharedObjectOptions?, CancellationToken)"/>
    public static async Task<SharedDynamicObject> OpenAsync(
        string name, SharedObjectOptions? options = null, CancellationToken cancellation = default) =>
        new(await ObjectMounts.OpenAsync(
            name, DynamicCodec.Instance, options ?? SharedObjectOptions.Default, cancellation).ConfigureAwait(false));

    /// <summary>Makes a new dynamic object.</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="initial">The first value, of any type that <see cref="Assign(object?)"/> takes; null is Python's <c>None</c>.</param>
    /// <param name="options">How to make it; <see cref="SharedObjectOptions.Default"/> if null.</param>
    /// <exception cref="SharedExistsException">There is an object of this name.</exception>
    /// <exception cref="SharedValueException">The value can't be shared.</exception>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    /// <exception cref="SharedSystemException">The system refused: shared memory is full, say.</exception>
    public static SharedDynamicObject Create(string name, object? initial = null, SharedObjectOptions? options = null) =>
        new(ObjectMounts.MakeDynamic(name, Encode(name, initial), options ?? SharedObjectOptions.Default));

    /// <summary>Mounts a dynamic object and leaves its value alone, or makes it with <paramref name="initial"/> if there is none.</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="initial">The first value of a new object, of any type that <see cref="Assign(object?)"/> takes.</param>
    /// <param name="options">How to open it; <see cref="SharedObjectOptions.Default"/> if null.</param>
    /// <param name="cancellation">Ends waits.</param>
    /// <exception cref="SharedSchemaException">There is an object of this name that is not a dynamic one.</exception>
    /// <exception cref="SharedValueException">The value can't be shared.</exception>
    /// <exception cref="SharedNotReadyException">Its maker did not finish it within <see cref="SharedObjectOptions.MountTimeout"/>.</exception>
    /// <exception cref="SharedFormatException">What is there is not a shared object, or a dynamic one of another version.</exception>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    /// <exception cref="SharedSystemException">The system refused: shared memory is full, say.</exception>
    public static SharedDynamicObject OpenOrCreate(
        string name, object? initial = null, SharedObjectOptions? options = null, CancellationToken cancellation = default) =>
        new(ObjectMounts.OpenOrMakeDynamic(name, Encode(name, initial), options ?? SharedObjectOptions.Default, cancellation, out _));

    /// <summary>Mounts a dynamic object or makes it, and in either case assigns <paramref name="value"/>.</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="value">The value, of any type that <see cref="Assign(object?)"/> takes.</param>
    /// <param name="options">How to open it; <see cref="SharedObjectOptions.Default"/> if null.</param>
    /// <param name="cancellation">Ends waits.</param>
    /// <exception cref="SharedLockTimeoutException">The lock was not to be had within <see cref="SharedObjectOptions.LockTimeout"/>.</exception>
    /// <inheritdoc cref="OpenOrCreate" path="/exception"/>
    public static SharedDynamicObject Publish(
        string name, object? value, SharedObjectOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= SharedObjectOptions.Default;
        var handle = new SharedDynamicObject(
            ObjectMounts.OpenOrMakeDynamic(name, Encode(name, value), options, cancellation, out bool made));
        try
        {
            return made ? handle : handle.Assign(value, options.LockTimeout, cancellation);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>The object's value: a copy, never torn.</summary>
    /// <returns>
    /// Null (<c>None</c>), <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, <see cref="System.Numerics.Complex"/>,
    /// <see cref="Pose"/>, <see cref="string"/>, <c>byte[]</c>, <see cref="ByteArray"/>, <see cref="NDArray"/>, <see cref="SharedDict"/>,
    /// <see cref="SharedTuple"/>, <see cref="SharedList"/> or <see cref="SharedSet"/>.
    /// </returns>
    /// <exception cref="SharedNeverAssignedException">The object has no value: nobody who keeps to the format makes such a one.</exception>
    /// <exception cref="SharedTornException">A writer died half-way through the value.</exception>
    /// <exception cref="SharedLockTimeoutException">The lock was needed, and not to be had within <see cref="SharedObjectOptions.LockTimeout"/>.</exception>
    /// <exception cref="SharedFormatException">The bytes are not what their type says.</exception>
    /// <exception cref="SharedReentrancyException">Called from a callback of this handle.</exception>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    public object? Fetch() => Fetch(DynamicValueCodec.Instance);

    /// <inheritdoc cref="Fetch()"/>
    /// <param name="timeout">How long to wait for the lock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public object? Fetch(TimeSpan timeout, CancellationToken cancellation = default) =>
        Fetch(DynamicValueCodec.Instance, Deadline.After(timeout, cancellation));

    /// <summary>The object's value, if it is a <typeparamref name="T"/> now.</summary>
    /// <typeparam name="T">Any type that <see cref="SharedObject.Open{T}(string, SharedObjectOptions?, CancellationToken)"/> takes.</typeparam>
    /// <exception cref="SharedSchemaException">The value that is there is of another type.</exception>
    /// <exception cref="SharedRangeException">A number does not fit the type.</exception>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> can't be shared without a schema.</exception>
    /// <inheritdoc cref="Fetch()" path="/exception"/>
    public T Fetch<T>() => Fetch(BuiltInCodecs.Of<T>());

    /// <inheritdoc cref="Fetch{T}()"/>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="codec">
    /// How the value is read: the <c>Codec</c> of a schema. The value may have other capacities, and its lists and sets fewer slots; that
    /// costs about as much as an untyped fetch in addition.
    /// </param>
    public T Fetch<T>(SharedCodec<T> codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        return Fetch(codec, DefaultDeadline());
    }

    /// <summary>Fetches the value, if there is a whole one, and the lock is to be had in time where it is needed.</summary>
    /// <param name="value">The value.</param>
    /// <param name="timeout">How long to wait for the lock; not at all unless given.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False if the value is torn, or the lock was needed and not to be had in time.</returns>
    /// <exception cref="SharedFormatException">The bytes are not what their type says.</exception>
    /// <exception cref="SharedReentrancyException">Called from a callback of this handle.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public bool TryFetch(out object? value, TimeSpan timeout = default, CancellationToken cancellation = default)
    {
        value = null;
        return FetchWithin(DynamicValueCodec.Instance, ref value, Deadline.After(timeout, cancellation), out _, out _) == ReadResult.Whole;
    }

    /// <summary>Fetches the value, if there is a whole one that is a <typeparamref name="T"/> now, and the lock is to be had in time.</summary>
    /// <typeparam name="T">Any type that <see cref="SharedObject.Open{T}(string, SharedObjectOptions?, CancellationToken)"/> takes.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="timeout">How long to wait for the lock; not at all unless given.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False if the value is of another type or torn, or the lock was needed and not to be had in time.</returns>
    /// <exception cref="SharedRangeException">A number does not fit the type.</exception>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> can't be shared without a schema.</exception>
    /// <inheritdoc cref="TryFetch(out object?, TimeSpan, CancellationToken)" path="/exception"/>
    public bool TryFetch<T>([MaybeNullWhen(false)] out T value, TimeSpan timeout = default, CancellationToken cancellation = default)
    {
        value = default!;
        Deadline deadline = Deadline.After(timeout, cancellation);
        return FetchWithin(BuiltInCodecs.Of<T>(), ref value, deadline, out _, out string? difference) == ReadResult.Whole && difference is null;
    }

    /// <summary>The layout of the value that is there: its type, sizes, shape and keys. Asking does not count as seeing the value.</summary>
    /// <inheritdoc cref="Fetch()" path="/exception"/>
    public ValueLayout FetchLayout() => Fetch(LayoutCodec.Instance);

    /// <summary>Assigns a value of any type, for every process to see.</summary>
    /// <param name="value">
    /// Null (Python's <c>None</c>), <see cref="bool"/>, an integer of up to 64 bits, <see cref="float"/>, <see cref="double"/>,
    /// <see cref="System.Numerics.Complex"/>, <see cref="Pose"/>, <see cref="string"/>, <c>byte[]</c> (bytes), <see cref="ByteArray"/>, an array
    /// of other numbers, a <c>Tensor&lt;T&gt;</c>, <see cref="NDArray"/>, <see cref="System.Numerics.Vector3"/>, <see cref="System.Numerics.Quaternion"/>
    /// (xyzw) or <see cref="System.Numerics.Matrix4x4"/> (as in a typed object: transposed) as arrays of float32, <see cref="SharedDict"/>, a tuple or <see cref="SharedTuple"/>, a list or
    /// <see cref="SharedList"/>, or a <see cref="SharedSet"/>.
    /// </param>
    /// <returns>This handle.</returns>
    /// <exception cref="SharedValueException">The value can't be shared. Nothing was written.</exception>
    /// <exception cref="SharedLockTimeoutException">The lock was not to be had within <see cref="SharedObjectOptions.LockTimeout"/>. Nothing was written.</exception>
    /// <exception cref="SharedSystemException">The segment can't grow (shared memory is full), or the handle is read-only. Nothing was written.</exception>
    /// <exception cref="SharedReentrancyException">Called from a callback, or inside a read lock scope, of this handle.</exception>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    public SharedDynamicObject Assign(object? value) => Assign(value, Mount.Options.LockTimeout);

    /// <inheritdoc cref="Assign(object?)"/>
    /// <param name="value">The value, of any type that <see cref="Assign(object?)"/> takes.</param>
    /// <param name="timeout">How long to wait for the lock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public SharedDynamicObject Assign(object? value, TimeSpan timeout, CancellationToken cancellation = default)
    {
        Deadline deadline = Deadline.After(timeout, cancellation);
        return AssignUntyped(value, deadline) ? this : throw Mount.LockTimeout(LockMode.Exclusive, deadline.Timeout);
    }

    /// <summary>Assigns a value of a schema.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="codec">How it is written: the <c>Codec</c> of the schema.</param>
    /// <inheritdoc cref="Assign(object?)"/>
    public SharedDynamicObject Assign<T>(in T value, SharedCodec<T> codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        Deadline deadline = DefaultDeadline();
        return AssignWithin(value, codec, deadline) ? this : throw Mount.LockTimeout(LockMode.Exclusive, deadline.Timeout);
    }

    /// <summary>Assigns a value of any type, if the lock is to be had in time.</summary>
    /// <param name="value">The value, of any type that <see cref="Assign(object?)"/> takes.</param>
    /// <param name="timeout">How long to wait for the lock; not at all unless given.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False if the lock was not to be had in time; nothing was written.</returns>
    /// <exception cref="SharedValueException">The value can't be shared. Nothing was written.</exception>
    /// <exception cref="SharedSystemException">The segment can't grow (shared memory is full), or the handle is read-only. Nothing was written.</exception>
    /// <exception cref="SharedReentrancyException">Called from a callback, or inside a read lock scope, of this handle.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public bool TryAssign(object? value, TimeSpan timeout = default, CancellationToken cancellation = default) =>
        AssignUntyped(value, Deadline.After(timeout, cancellation));

    /// <summary>Marks the object as new without changing its value; every handle, this one included, reports it once.</summary>
    /// <returns>This handle.</returns>
    /// <exception cref="SharedLockTimeoutException">The lock was not to be had within <see cref="SharedObjectOptions.LockTimeout"/>.</exception>
    /// <exception cref="SharedSystemException">The handle is read-only.</exception>
    /// <exception cref="SharedReentrancyException">Called from a callback, or inside a read lock scope, of this handle.</exception>
    public SharedDynamicObject Trigger()
    {
        TriggerWithin(DefaultDeadline());
        return this;
    }

    /// <inheritdoc cref="Trigger()"/>
    /// <param name="timeout">How long to wait for the lock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public SharedDynamicObject Trigger(TimeSpan timeout, CancellationToken cancellation = default)
    {
        TriggerWithin(Deadline.After(timeout, cancellation));
        return this;
    }

    /// <inheritdoc cref="SharedTrigger.TryTrigger"/>
    public bool TryTrigger(TimeSpan timeout, CancellationToken cancellation = default) =>
        TryTriggerWithin(Deadline.After(timeout, cancellation));

    private T Fetch<T>(SharedCodec<T> codec, in Deadline deadline)
    {
        T value = default!;
        ThrowUnlessWhole(FetchWithin(codec, ref value, deadline, out _, out string? difference), deadline);
        return difference is null ? value : throw Error.OtherValue(Name, typeof(T), difference);
    }

    /// <param name="difference">Why a whole value was not read: it is not of the codec's type.</param>
    private ReadResult FetchWithin<T>(SharedCodec<T> codec, ref T value, in Deadline deadline, out ulong stamp, out string? difference)
    {
        for (int tries = 0; ; tries++)
        {
            if (TryFetchUnlocked(codec, ref value, out stamp, out difference))
            {
                return ReadResult.Whole;
            }

            if (!Mount.WaitForWriter(tries))
            {
                return FetchLocked(codec, ref value, deadline, out stamp, out difference);
            }
        }
    }

    private bool TryFetchUnlocked<T>(SharedCodec<T> codec, ref T value, out ulong stamp, out string? difference)
    {
        difference = null;
        while (true)
        {
            Stamps stamps = Mount.BeginUnlocked();
            stamp = stamps.BeginRead();
            // The length may be that of a write under way, and then has nothing to do with the bytes: so it is only held to the mapping.
            if (stamp == 0 || !stamps.IsDynamic || !DynamicArea.TryGetSize(stamps.ValueLength, out int size))
            {
                return false;
            }

            long end = DynamicArea.EndOf(size);
            if (end <= stamps.Mapping.Size)
            {
                return size <= StackLimit ? TryFetchThroughStack(stamps, stamp, size, codec, ref value, out difference)
                    : TryFindArray(stamps, size, out ObjectLayout? array) ? TryFetchInPlace(stamps, stamp, array, codec, ref value, out difference)
                    : TryFetchThroughPool(stamps, stamp, size, codec, ref value, out difference);
            }

            if (!Mount.TryFollow(end))
            {
                return false;
            }
        }
    }

    [SkipLocalsInit]
    private bool TryFetchThroughStack<T>(Stamps stamps, ulong stamp, int size, SharedCodec<T> codec, ref T value, out string? difference)
    {
        Span<byte> stack = stackalloc byte[StackLimit];
        return TryFetchThrough(stack[..size], stamps, stamp, codec, ref value, out difference);
    }

    private bool TryFetchThroughPool<T>(Stamps stamps, ulong stamp, int size, SharedCodec<T> codec, ref T value, out string? difference)
    {
        using SpanOwner<byte> owner = SpanOwner<byte>.Allocate(size);
        return TryFetchThrough(owner.Span, stamps, stamp, codec, ref value, out difference);
    }

    private bool TryFetchThrough<T>(Span<byte> copy, Stamps stamps, ulong stamp, SharedCodec<T> codec, ref T value, out string? difference)
    {
        difference = null;
        CopyValue(stamps.DangerousValue(copy.Length), copy);
        if (!stamps.EndRead(stamp))
        {
            return false;
        }

        difference = Decode(copy, stamp, codec, ref value);
        return true;
    }

    /// <summary>Whether the value seems to be an array with the layout of the one before.</summary>
    private bool TryFindArray(Stamps stamps, int size, [NotNullWhen(true)] out ObjectLayout? layout)
    {
        layout = _known;
        return layout is { Value.Tag: WireTag.NDArray } && layout.BufferSize == size && layout.FixedParts.Match(stamps.DangerousValue(size));
    }

    /// <summary>One copy instead of two, for arrays: what codecs do with their elements depends on no byte of them.</summary>
    private bool TryFetchInPlace<T>(
        Stamps stamps, ulong stamp, ObjectLayout layout, SharedCodec<T> codec, ref T value, out string? difference)
    {
        T found = value;
        difference = DifferenceFrom(codec, layout);
        if (difference is null)
        {
            found = codec.Read(stamps.DangerousValue(layout.BufferSize), new CodecContext(Name, layout));
        }

        if (!stamps.EndRead(stamp))
        {
            return false; // and nothing of it is handed out
        }

        value = found;
        See(codec, stamp, difference);
        return true;
    }

    private ReadResult FetchLocked<T>(SharedCodec<T> codec, ref T value, in Deadline deadline, out ulong stamp, out string? difference)
    {
        difference = null;
        ReadResult result = Mount.EnterToRead(deadline, out LockRegion region, out stamp);
        using (region)
        {
            if (result == ReadResult.Whole)
            {
                // A copy also here: bytes that are parsed must not change meanwhile, and not all who can write them ask for the lock.
                Stamps stamps = Mount.FindValueLocked(out int size);
                using SpanOwner<byte> owner = SpanOwner<byte>.Allocate(size);
                CopyValue(stamps.DangerousValue(size), owner.Span);
                GC.KeepAlive(stamps);
                difference = Decode(owner.Span, stamp, codec, ref value);
            }
        }

        return result;
    }

    private string? Decode<T>(ReadOnlySpan<byte> copy, ulong stamp, SharedCodec<T> codec, ref T value)
    {
        ObjectLayout? layout = _known;
        if (layout is null || layout.BufferSize != copy.Length || !layout.FixedParts.Match(copy))
        {
            _known = layout = LayoutParser.ParseValue(copy, out string? problem) ?? throw Error.BadValue(Name, problem!);
        }

        string? difference = DifferenceFrom(codec, layout);
        if (difference is null)
        {
            value = codec.Read(copy, new CodecContext(Name, layout));
        }
        else if (codec.FixedLayout is { Value: DictLayout or SequenceLayout or BytesLayout } own && own.Value.Tag == layout.Value.Tag)
        {
            difference = ReadWithOtherRoom(copy, layout, codec, own, ref value);
        }

        See(codec, stamp, difference);
        return difference;
    }

    /// <summary>
    /// Reads a value that has other capacities than its schema: each writer chooses its own, an untyped one no more than the value needs.
    /// The value is written anew as the schema has it, in private memory, and read from there.
    /// </summary>
    /// <returns>Why it is no value of the schema, or null.</returns>
    private string? ReadWithOtherRoom<T>(ReadOnlySpan<byte> copy, ObjectLayout layout, SharedCodec<T> codec, ObjectLayout own, ref T value)
    {
        object? untyped = UntypedValue.Read(layout.Value, copy[ObjectHeader.DataOffset..], new CodecContext(Name, layout));
        if (UntypedValue.Misfit(own.Value, untyped, Name) is { } misfit)
        {
            return misfit;
        }

        using SpanOwner<byte> owner = SpanOwner<byte>.Allocate(own.BufferSize, AllocationMode.Clear);
        own.FixedParts.CopyTo(owner.Span);
        UntypedValue.Write(own.Value, untyped, owner.Span[ObjectHeader.DataOffset..]); // keys included, which need not be the schema's
        string? difference = own.FixedParts.Match(owner.Span)
            ? null
            : own.Value.DifferenceFrom(LayoutParser.ParseValue(owner.Span, out _)!.Value, compareKeys: true);
        if (difference is null)
        {
            value = codec.Read(owner.Span, new CodecContext(Name, own));
        }

        return difference;
    }

    /// <summary>A value that was read counts as seen; one of another type than asked for, or of which only the layout was, not.</summary>
    private void See<T>(SharedCodec<T> codec, ulong stamp, string? difference)
    {
        if (difference is null && codec is not LayoutCodec)
        {
            Mount.Seen = stamp;
        }
    }

    private string? DifferenceFrom<T>(SharedCodec<T> codec, ObjectLayout layout)
    {
        if (!codec.HasFixedKeys)
        {
            return codec.DifferenceFrom(layout); // which then looks at the outermost tag, at most
        }

        Fit? fit = _fit;
        if (ReferenceEquals(fit?.Codec, codec) && ReferenceEquals(fit.Layout, layout))
        {
            return null;
        }

        string? difference = codec.DifferenceFrom(layout);
        if (difference is null)
        {
            _fit = new Fit(codec, layout);
        }

        return difference;
    }

    private bool AssignUntyped(object? value, in Deadline deadline)
    {
        Mount.ThrowIfDisposed();
        return AssignWithin(UntypedValue.Normalise(value, Name), DynamicValueCodec.Instance, deadline);
    }

    private bool AssignWithin<T>(in T value, SharedCodec<T> codec, in Deadline deadline)
    {
        Mount.ThrowIfDisposed();
        ObjectLayout layout = LayoutFor(Name, value, codec, Mount.Options.InitSize);
        if (_known is { } known && known.BufferSize == layout.BufferSize && known.Value.DifferenceFrom(layout.Value, compareKeys: true) is null)
        {
            layout = known;
        }

        var context = new CodecContext(Name, layout);
        codec.Validate(value, context);
        // An array's elements can't fail to be written, so that they go straight to where they belong; all else is encoded before the lock
        // is taken: it is held for one copy, and nothing that fails can leave half a value.
        bool inPlace = layout.Value.Tag == WireTag.NDArray;
        // An untyped value fills its layout; one of a schema may leave spare slots and rows over, where others must not see what this process
        // had in that memory.
        using SpanOwner<byte> owner = inPlace ? SpanOwner<byte>.Empty
            : SpanOwner<byte>.Allocate(layout.BufferSize, codec.HasFixedKeys ? AllocationMode.Clear : AllocationMode.Default);
        if (!inPlace)
        {
            Encode(value, codec, context, owner.Span);
        }

        if (!Mount.TryEnter(LockMode.Exclusive, deadline, out LockRegion region))
        {
            return false;
        }

        using (region)
        {
            if (inPlace)
            {
                Stamps stamps = Mount.BeginValue(layout.BufferSize, out ulong stamp);
                Encode(value, codec, context, stamps.DangerousValue(layout.BufferSize));
                Mount.EndValue(stamps, layout.BufferSize, stamp);
            }
            else
            {
                Mount.WriteValue(owner.Span);
            }
        }

        _known = layout;
        return true;
    }

    /// <summary>The bytes of a new object's first value, as those of an object.</summary>
    private static byte[] Encode(string name, object? value)
    {
        object? normal = UntypedValue.Normalise(value, name);
        ObjectLayout layout = LayoutFor(name, normal, DynamicValueCodec.Instance, initSize: 0);
        byte[] bytes = new byte[layout.BufferSize];
        Encode(normal, DynamicValueCodec.Instance, new CodecContext(name, layout), bytes);
        return bytes;
    }

    private static void Encode<T>(in T value, SharedCodec<T> codec, in CodecContext context, Span<byte> bytes)
    {
        context.Layout.FixedParts.CopyTo(bytes);
        codec.Write(value, bytes, context);
    }

    private static ObjectLayout LayoutFor<T>(string name, in T value, SharedCodec<T> codec, int initSize)
    {
        try
        {
            ObjectLayout layout = codec.LayoutFor(value, name, initSize);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(DynamicArea.EndOf(layout.BufferSize), DynamicArea.MaxSegmentSize, nameof(value));
            return layout;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw Error.TooLarge(name, e);
        }
    }

    private static void CopyValue(ReadOnlySpan<byte> from, Span<byte> to) => from[ObjectHeader.TagOffset..].CopyTo(to[ObjectHeader.TagOffset..]);

    /// <summary>A codec and a layout that were found to go together.</summary>
    private sealed record Fit(object Codec, ObjectLayout Layout);
}
