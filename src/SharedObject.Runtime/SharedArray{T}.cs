using System;
using System.Collections.Immutable;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using CommunityToolkit.HighPerformance;
using CommunityToolkit.HighPerformance.Buffers;
using SharedObjects.Internals;
using SharedObjects.Objects;
using SharedObjects.Sync;
using SharedObjects.Wire;
using SharedObjects.Wire.Codecs;

namespace SharedObjects;

/// <summary>
/// A handle of a shared ndarray: an image, a point cloud, joint positions. Elements go from and to the caller's memory in one
/// copy, or are looked at in place.
/// </summary>
/// <typeparam name="T">The C# type of an element (see <see cref="DType"/>).</typeparam>
/// <remarks>It may be used by any number of threads. A 0-d array counts as one of shape (1,) where a tensor is wanted.</remarks>
public sealed partial class SharedArray<T> : SharedHandle, IValueReader<Tensor<T>>
    where T : unmanaged
{
    private SharedArray(ObjectMount mount)
        : base(mount)
    {
    }

    /// <summary>
    /// The lengths, outermost first, as numpy's <c>shape</c>. They never change, unless the array was opened without a shape and the
    /// handle moves to a new segment.
    /// </summary>
    public ImmutableArray<int> Shape => Array.Shape;

    /// <summary>How many elements there are: the product of the shape.</summary>
    public int Length => Array.Length;

    private ArrayLayout Array => ArrayOf(Mount.Stamps);

    /// <summary>The elements where they are. Only under the lock.</summary>
    private Span<byte> DangerousElements
    {
        get
        {
            Stamps stamps = Mount.Stamps;
            return stamps.DangerousBytes[ElementsOffset(ArrayOf(stamps))..];
        }
    }

    /// <summary>Mounts an array that exists, of whatever shape.</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="options">How to open it; <see cref="SharedObjectOptions.Default"/> if null.</param>
    /// <param name="cancellation">Ends waits.</param>
    /// <exception cref="SharedNotFoundException">There is no object of this name.</exception>
    /// <exception cref="SharedSchemaException">It is not an array of this element type.</exception>
    /// <exception cref="SharedNotReadyException">Its maker did not finish it within <see cref="SharedObjectOptions.MountTimeout"/>.</exception>
    /// <exception cref="SharedFormatException">What is there is not a shared object.</exception>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    /// <exception cref="NotSupportedException">The wire has no such element type.</exception>
    public static SharedArray<T> Open(string name, SharedObjectOptions? options = null, CancellationToken cancellation = default) =>
        new(ObjectMounts.Open(name, BuiltInCodecs.Of<Tensor<T>>(), options ?? SharedObjectOptions.Default, cancellation));

    /// <summary>Waits until there is an array of this name, and mounts it: the producer may start later.</summary>
    /// <inheritdoc cref="SharedObject.OpenAsync{T}(string, SharedObjectOptions?, CancellationToken)"/>
    public static async Task<SharedArray<T>> OpenAsync(
        string name, SharedObjectOptions? options = null, CancellationToken cancellation = default) =>
        new(await ObjectMounts.OpenAsync(
            name, BuiltInCodecs.Of<Tensor<T>>(), options ?? SharedObjectOptions.Default, cancellation).ConfigureAwait(false));

    /// <summary>Mounts an array, or makes one of zeros if there is none.</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="shape">The lengths, outermost first.</param>
    /// <param name="options">How to open it; <see cref="SharedObjectOptions.Default"/> if null.</param>
    /// <param name="cancellation">Ends waits.</param>
    /// <exception cref="SharedSchemaException">There is one of this name with another type or shape.</exception>
    /// <exception cref="SharedNotReadyException">Its maker did not finish it within <see cref="SharedObjectOptions.MountTimeout"/>.</exception>
    /// <exception cref="SharedFormatException">What is there is not a shared object.</exception>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    /// <exception cref="SharedSystemException">The system refused: shared memory is full, say.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length is negative, or the array larger than an object can be.</exception>
    /// <exception cref="NotSupportedException">The wire has no such element type.</exception>
    public static SharedArray<T> OpenOrCreate(
        string name, ReadOnlySpan<int> shape, SharedObjectOptions? options = null, CancellationToken cancellation = default)
    {
        var codec = new ArrayShapeCodec<T>(shape);
        return new(ObjectMounts.OpenOrMakeArray(name, [], codec, options ?? SharedObjectOptions.Default, cancellation, out _));
    }

    /// <summary>Makes a new array of zeros.</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="shape">The lengths, outermost first.</param>
    /// <param name="options">How to make it; <see cref="SharedObjectOptions.Default"/> if null.</param>
    /// <exception cref="SharedExistsException">There is an object of this name.</exception>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    /// <exception cref="SharedSystemException">The system refused: shared memory is full, say.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length is negative, or the array larger than an object can be.</exception>
    /// <exception cref="NotSupportedException">The wire has no such element type.</exception>
    public static SharedArray<T> Create(string name, ReadOnlySpan<int> shape, SharedObjectOptions? options = null) =>
        new(ObjectMounts.MakeArray(name, [], new ArrayShapeCodec<T>(shape), options ?? SharedObjectOptions.Default));

    /// <summary>Mounts an array or makes it, and in either case assigns <paramref name="elements"/>.</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="elements">The elements in C order.</param>
    /// <param name="shape">The lengths, outermost first.</param>
    /// <param name="options">How to open it; <see cref="SharedObjectOptions.Default"/> if null.</param>
    /// <param name="cancellation">Ends waits.</param>
    /// <exception cref="SharedValueException">There are not as many elements as the shape needs. Nothing was written.</exception>
    /// <inheritdoc cref="OpenOrCreate" path="/exception"/>
    public static SharedArray<T> Publish(
        string name, ReadOnlySpan<T> elements, ReadOnlySpan<int> shape, SharedObjectOptions? options = null, CancellationToken cancellation = default)
    {
        var codec = new ArrayShapeCodec<T>(shape);
        int length = ((ArrayLayout)codec.FixedLayout.Value).Length;
        if (elements.Length != length)
        {
            throw Error.ValueDoesNotFit(name, null, $"{length} elements for the shape {Text.Shape(shape)}", $"{elements.Length}");
        }

        options ??= SharedObjectOptions.Default;
        var array = new SharedArray<T>(ObjectMounts.OpenOrMakeArray(name, elements, codec, options, cancellation, out bool made));
        try
        {
            return made ? array : array.Assign(elements, options.LockTimeout, cancellation);
        }
        catch
        {
            array.Dispose();
            throw;
        }
    }

    /// <summary>The array: a copy, never torn.</summary>
    /// <inheritdoc cref="FetchInto(Span{T})" path="/exception"/>
    public Tensor<T> Fetch() => Fetch(Mount.Options.LockTimeout);

    /// <inheritdoc cref="Fetch()"/>
    /// <param name="timeout">How long to wait for the lock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public Tensor<T> Fetch(TimeSpan timeout, CancellationToken cancellation = default)
    {
        Deadline deadline = Deadline.After(timeout, cancellation);
        Tensor<T> value = null!;
        ThrowUnlessWhole(((IValueReader<Tensor<T>>)this).Read(ref value, deadline, out _), deadline);
        return value;
    }

    /// <summary>Copies the elements into memory of the caller's, in C order.</summary>
    /// <param name="destination">Where they go: exactly <see cref="Length"/> elements.</param>
    /// <exception cref="ArgumentException">The destination is of another length.</exception>
    /// <exception cref="SharedNeverAssignedException">Nobody has assigned a value yet.</exception>
    /// <exception cref="SharedTornException">A writer died half-way through the value.</exception>
    /// <exception cref="SharedLockTimeoutException">The lock was needed, and not to be had within <see cref="SharedObjectOptions.LockTimeout"/>.</exception>
    /// <exception cref="SharedReentrancyException">Called from a callback of this handle.</exception>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    public void FetchInto(Span<T> destination)
    {
        Stamps stamps = Mount.BeginUnlocked();
        if (stamps.BufferSize != 0)
        {
            ArrayLayout array = ArrayOf(stamps);
            CheckDestination(destination, array);
            if (TryReadUnlocked(destination, array, stamps, out _))
            {
                return;
            }
        }

        FetchInto(destination, Mount.Options.LockTimeout);
    }

    /// <inheritdoc cref="FetchInto(Span{T})"/>
    /// <param name="destination">Where they go: exactly <see cref="Length"/> elements.</param>
    /// <param name="timeout">How long to wait for the lock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public void FetchInto(Span<T> destination, TimeSpan timeout, CancellationToken cancellation = default)
    {
        Deadline deadline = Deadline.After(timeout, cancellation);
        ThrowUnlessWhole(ReadInto(destination, deadline, out _), deadline);
    }

    /// <summary>Copies the elements into memory of the caller's, if there is a whole value, and the lock is to be had in time where it is needed.</summary>
    /// <param name="destination">Where they go: exactly <see cref="Length"/> elements.</param>
    /// <param name="timeout">How long to wait for the lock; not at all unless given.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>
    /// False if the array was never assigned, its value is torn, or the lock was needed and not to be had in time. The destination's
    /// contents are then undefined.
    /// </returns>
    /// <exception cref="ArgumentException">The destination is of another length.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public bool TryFetchInto(Span<T> destination, TimeSpan timeout = default, CancellationToken cancellation = default)
    {
        return ReadInto(destination, Deadline.After(timeout, cancellation), out _) == ReadResult.Whole;
    }

    /// <summary>Looks at the array in place, under the readers' lock: nothing is copied.</summary>
    /// <typeparam name="TResult">The type of what the function finds out.</typeparam>
    /// <param name="function">Is given the elements; must not call this handle. Writers wait until it returns.</param>
    /// <returns>What the function returned.</returns>
    /// <inheritdoc cref="FetchInto(Span{T})" path="/exception"/>
    public TResult Fetch<TResult>(Func<ReadOnlyTensorSpan<T>, TResult> function) => Fetch(function, Mount.Options.LockTimeout);

    /// <inheritdoc cref="Fetch{TResult}(Func{ReadOnlyTensorSpan{T}, TResult})"/>
    /// <param name="function">Is given the elements; must not call this handle. Writers wait until it returns.</param>
    /// <param name="timeout">How long to wait for the lock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public TResult Fetch<TResult>(
        Func<ReadOnlyTensorSpan<T>, TResult> function, TimeSpan timeout, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        return ViewWithin(
            Deadline.After(timeout, cancellation), function, static (elements, lengths, function) => function(new(elements, lengths)));
    }

    /// <summary>
    /// Looks at the array as an image, in place, under the readers' lock: one row for each index of the first dimension, with
    /// all other dimensions side by side (a 480x848x3 image has 480 rows of 2544 elements).
    /// </summary>
    /// <typeparam name="TResult">The type of what the function finds out.</typeparam>
    /// <param name="function">Is given the rows; must not call this handle. Writers wait until it returns.</param>
    /// <returns>What the function returned.</returns>
    /// <inheritdoc cref="FetchInto(Span{T})" path="/exception"/>
    public TResult FetchRows<TResult>(Func<ReadOnlySpan2D<T>, TResult> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return ViewWithin(DefaultDeadline(), function, static (elements, lengths, function) => function(Rows(elements, lengths)));
    }

    /// <summary>Assigns the elements, for every process to see.</summary>
    /// <param name="elements">All elements in C order.</param>
    /// <returns>This handle.</returns>
    /// <exception cref="SharedValueException">There are more or fewer than <see cref="Length"/>. Nothing was written.</exception>
    /// <exception cref="SharedLockTimeoutException">The lock was not to be had within <see cref="SharedObjectOptions.LockTimeout"/>. Nothing was written.</exception>
    /// <exception cref="SharedSystemException">The handle is read-only.</exception>
    /// <exception cref="SharedReentrancyException">Called from a callback, or inside a read lock scope, of this handle.</exception>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    public SharedArray<T> Assign(ReadOnlySpan<T> elements) => Assign(elements, Mount.Options.LockTimeout);

    /// <inheritdoc cref="Assign(ReadOnlySpan{T})"/>
    /// <param name="elements">All elements in C order.</param>
    /// <param name="timeout">How long to wait for the lock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public SharedArray<T> Assign(ReadOnlySpan<T> elements, TimeSpan timeout, CancellationToken cancellation = default) =>
        TryAssign(elements, timeout, cancellation) ? this : throw Mount.LockTimeout(LockMode.Exclusive, timeout);

    /// <summary>Assigns the elements, if the lock is to be had in time.</summary>
    /// <param name="elements">All elements in C order.</param>
    /// <param name="timeout">How long to wait for the lock; not at all unless given.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False if the lock was not to be had in time; nothing was written.</returns>
    /// <exception cref="SharedValueException">There are more or fewer than <see cref="Length"/>. Nothing was written.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public bool TryAssign(ReadOnlySpan<T> elements, TimeSpan timeout = default, CancellationToken cancellation = default)
    {
        CheckLength(elements);
        if (!Mount.TryEnter(LockMode.Exclusive, Deadline.After(timeout, cancellation), out LockRegion region))
        {
            return false;
        }

        using (region)
        {
            CheckLength(elements); // once more: only now the handle can't move to a segment of another shape
            ulong stamp = Mount.BeginWrite();
            WireArray.Write(DangerousElements, 0, elements);
            Mount.EndWrite(stamp);
            return true;
        }
    }

    /// <summary>Assigns a tensor's elements, for every process to see.</summary>
    /// <param name="tensor">A tensor of the array's <see cref="Shape"/>; need not be dense.</param>
    /// <returns>This handle.</returns>
    /// <exception cref="SharedValueException">The tensor is of another shape. Nothing was written.</exception>
    /// <inheritdoc cref="Assign(ReadOnlySpan{T})" path="/exception"/>
    public SharedArray<T> Assign(in ReadOnlyTensorSpan<T> tensor)
    {
        WireTensor.CheckShape(tensor.Lengths, Shape.AsSpan(), Mount.Stamps.Context, member: null);
        using LockRegion region = Mount.Enter(LockMode.Exclusive, DefaultDeadline());
        WireTensor.CheckShape(tensor.Lengths, Shape.AsSpan(), Mount.Stamps.Context, member: null); // only now the shape stays
        ulong stamp = Mount.BeginWrite();
        WireTensor.Write(DangerousElements, 0, tensor);
        Mount.EndWrite(stamp);
        return this;
    }

    /// <summary>Changes the array in place, under the writer's lock.</summary>
    /// <param name="action">
    /// Is given the elements to change; must not call this handle. If it throws, a small array (up to 4 KiB), or one without a trailer, is
    /// as it was; a large one, which is changed in place, is torn until the next assign.
    /// </param>
    /// <returns>This handle.</returns>
    /// <exception cref="SharedNeverAssignedException">There is no value yet to change.</exception>
    /// <exception cref="SharedTornException">The value is torn: there is no whole one to change.</exception>
    /// <exception cref="SharedLockTimeoutException">The lock was not to be had within <see cref="SharedObjectOptions.LockTimeout"/>. Nothing was written.</exception>
    /// <exception cref="SharedSystemException">The handle is read-only.</exception>
    /// <exception cref="SharedReentrancyException">Called from a callback, or inside a read lock scope, of this handle.</exception>
    public SharedArray<T> Update(Action<TensorSpan<T>> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        Deadline deadline = DefaultDeadline();
        using LockRegion region = Mount.Enter(LockMode.Exclusive, deadline);
        ThrowUnlessWhole(Mount.SettleLocked(out ulong stamp), deadline);
        int size = Array.ElementsSize;
        if (size <= CopyLimit || !Mount.HasTrailer) // without one nothing would tell others of an action that has thrown half-way
        {
            using SpanOwner<byte> copy = SpanOwner<byte>.Allocate(size);
            DangerousElements.CopyTo(copy.Span);
            Update(action, copy.Span);
            stamp = Mount.BeginWrite();
            copy.Span.CopyTo(DangerousElements);
        }
        else
        {
            stamp = Mount.BeginWrite();
            Update(action, DangerousElements);
        }

        Mount.EndWrite(stamp);
        return this;
    }

    /// <inheritdoc cref="SharedObject{T}.Trigger()"/>
    public SharedArray<T> Trigger()
    {
        TriggerWithin(DefaultDeadline());
        return this;
    }

    /// <inheritdoc cref="SharedObject{T}.Trigger(TimeSpan, CancellationToken)"/>
    public SharedArray<T> Trigger(TimeSpan timeout, CancellationToken cancellation = default)
    {
        TriggerWithin(Deadline.After(timeout, cancellation));
        return this;
    }

    /// <inheritdoc cref="SharedTrigger.TryTrigger"/>
    public bool TryTrigger(TimeSpan timeout, CancellationToken cancellation = default) =>
        TryTriggerWithin(Deadline.After(timeout, cancellation));

    /// <summary>Up to this many bytes an update is made on a copy, so that one that throws changes nothing.</summary>
    private const int CopyLimit = 4096;

    private const int MaxStackRank = 16;

    private delegate TResult View<TState, TResult>(ReadOnlySpan<T> elements, ReadOnlySpan<nint> lengths, TState state);

    private static ArrayLayout ArrayOf(Stamps stamps) => (ArrayLayout)stamps.Context.Layout.Value;

    private static int ElementsOffset(ArrayLayout array) => ObjectHeader.DataOffset + array.ElementsOffset;

    private static ReadOnlySpan2D<T> Rows(ReadOnlySpan<T> elements, ReadOnlySpan<nint> lengths)
    {
        int height = (int)lengths[0];
        return elements.IsEmpty
            ? default
            : ReadOnlySpan2D<T>.DangerousCreate(in elements[0], height, elements.Length / height, pitch: 0);
    }

    private TResult ViewWithin<TState, TResult>(in Deadline deadline, TState state, View<TState, TResult> view)
    {
        ReadResult result = Mount.EnterToRead(deadline, out LockRegion region, out ulong stamp);
        using (region)
        {
            ThrowUnlessWhole(result, deadline);
            ReadOnlySpan<T> elements = MemoryMarshal.Cast<byte, T>(DangerousElements);
            using SpanOwner<T> normalised = typeof(T) == typeof(bool) ? SpanOwner<T>.Allocate(elements.Length) : SpanOwner<T>.Empty;
            if (typeof(T) == typeof(bool))
            {
                WireArray.Read(DangerousElements, 0, normalised.Span); // a bool of C# that is neither 0 nor 1 is neither true nor false
                elements = normalised.Span;
            }

            TResult seen = view(elements, Lengths(stackalloc nint[MaxStackRank]), state);
            Mount.Seen = stamp;
            return seen;
        }
    }

    private void Update(Action<TensorSpan<T>> action, Span<byte> elements)
    {
        if (typeof(T) == typeof(bool))
        {
            WireArray.Normalise(elements);
        }

        action(new TensorSpan<T>(MemoryMarshal.Cast<byte, T>(elements), Lengths(stackalloc nint[MaxStackRank])));
    }

    private ReadOnlySpan<nint> Lengths(Span<nint> stack)
    {
        ImmutableArray<int> shape = Shape;
        if (shape.IsEmpty)
        {
            stack[0] = 1;
            return stack[..1];
        }

        Span<nint> lengths = shape.Length <= stack.Length ? stack[..shape.Length] : new nint[shape.Length];
        for (int i = 0; i < lengths.Length; i++)
        {
            lengths[i] = shape[i];
        }

        return lengths;
    }

    private ReadResult ReadInto(Span<T> destination, in Deadline deadline, out ulong stamp)
    {
        ArrayLayout array;
        ReadResult result;
        do
        {
            array = Array;
            CheckDestination(destination, array);
        }
        while (!TryRead(destination, array, deadline, out result, out stamp));

        return result;
    }

    /// <summary>Reads, under the lock where that is needed.</summary>
    /// <param name="destination">Where the elements go: as many as the layout has.</param>
    /// <param name="array">The layout that the caller has seen.</param>
    /// <param name="deadline">How long to wait for the lock.</param>
    /// <param name="result">Whether there was a whole value.</param>
    /// <param name="stamp">Its stamp.</param>
    /// <returns>False if the handle has moved to a segment of another layout meanwhile.</returns>
    private bool TryRead(Span<T> destination, ArrayLayout array, in Deadline deadline, out ReadResult result, out ulong stamp)
    {
        result = ReadResult.Whole;
        for (int tries = 0; ; tries++)
        {
            Stamps stamps = Mount.BeginUnlocked();
            if (stamps.BufferSize != 0 && ArrayOf(stamps) != array)
            {
                stamp = 0;
                return false;
            }

            if (TryReadUnlocked(destination, array, stamps, out stamp))
            {
                return true;
            }

            if (!Mount.WaitForWriter(tries))
            {
                break;
            }
        }

        result = Mount.EnterToRead(deadline, out LockRegion region, out stamp);
        using (region)
        {
            if (result == ReadResult.Whole)
            {
                if (Array != array)
                {
                    return false;
                }

                DangerousElements.CopyTo(MemoryMarshal.AsBytes(destination));
                Accept(destination, stamp);
            }
        }

        return true;
    }

    private bool TryReadUnlocked(Span<T> destination, ArrayLayout array, Stamps stamps, out ulong stamp)
    {
        if (!stamps.TryCopy(ElementsOffset(array), MemoryMarshal.AsBytes(destination), out stamp))
        {
            return false;
        }

        Accept(destination, stamp);
        return true;
    }

    private void Accept(Span<T> elements, ulong stamp)
    {
        if (typeof(T) == typeof(bool))
        {
            WireArray.Normalise(MemoryMarshal.AsBytes(elements));
        }

        Mount.Seen = stamp;
    }

    private void CheckLength(ReadOnlySpan<T> elements)
    {
        ArrayLayout array = Array;
        if (elements.Length != array.Length)
        {
            throw Error.ValueDoesNotFit(
                Name, null, $"{array.Length} elements for the shape {Text.Shape(array.Shape.AsSpan())}", $"{elements.Length}");
        }
    }

    private void CheckDestination(ReadOnlySpan<T> destination, ArrayLayout array)
    {
        if (destination.Length != array.Length)
        {
            throw new ArgumentException(
                $"The array '{Name}' of shape {Text.Shape(array.Shape.AsSpan())} has {array.Length} elements; the destination has {destination.Length}.",
                nameof(destination));
        }
    }
}
