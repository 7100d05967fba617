using System;
using System.Collections.Generic;
using System.Numerics.Tensors;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Internals;
using SharedObjects.Objects;
using SharedObjects.Sync;
using SharedObjects.Wire;

namespace SharedObjects;

/// <content>
/// Waiting for the next array, streams of arrays, and arrays that are fresh. They make a new tensor each time; for images at speed, use
/// <see cref="SharedHandle.Wait(TimeSpan, CancellationToken)"/> and <see cref="FetchInto(Span{T})"/>.
/// </content>
public sealed partial class SharedArray<T>
{
    ObjectMount IValueReader<Tensor<T>>.Mount => Mount;

    ReadResult IValueReader<Tensor<T>>.Read(ref Tensor<T> value, in Deadline deadline, out ulong stamp)
    {
        while (true)
        {
            ArrayLayout array = Array;
            T[] elements = GC.AllocateUninitializedArray<T>(array.Length);
            if (TryRead(elements, array, deadline, out ReadResult result, out stamp))
            {
                value = result == ReadResult.Whole ? WireTensor.Create(elements, array.Shape.AsSpan()) : value;
                return result;
            }
        }
    }

    /// <inheritdoc cref="SharedObject{T}.FetchNext(TimeSpan, CancellationToken)"/>
    public Tensor<T> FetchNext(TimeSpan timeout, CancellationToken cancellation = default) =>
        ValueStream.FetchNext(this, Deadline.After(timeout, cancellation));

    /// <inheritdoc cref="SharedObject{T}.FetchNext(TimeSpan, CancellationToken)"/>
    public Tensor<T> FetchNext(CancellationToken cancellation = default) => FetchNext(Timeout.InfiniteTimeSpan, cancellation);

    /// <inheritdoc cref="SharedObject{T}.FetchNextAsync(TimeSpan, CancellationToken)"/>
    public ValueTask<Tensor<T>> FetchNextAsync(TimeSpan timeout, CancellationToken cancellation = default) =>
        ValueStream.FetchNextAsync(this, Deadline.After(timeout, cancellation));

    /// <inheritdoc cref="SharedObject{T}.FetchNextAsync(TimeSpan, CancellationToken)"/>
    public ValueTask<Tensor<T>> FetchNextAsync(CancellationToken cancellation = default) =>
        FetchNextAsync(Timeout.InfiniteTimeSpan, cancellation);

    /// <inheritdoc cref="SharedObject{T}.WatchAsync(CancellationToken)"/>
    public IAsyncEnumerable<Tensor<T>> WatchAsync(CancellationToken cancellation = default) =>
        ValueStream.Watch(this, SharedWatchOptions.Default, cancellation);

    /// <inheritdoc cref="SharedObject{T}.WatchAsync(SharedWatchOptions, CancellationToken)"/>
    public IAsyncEnumerable<Tensor<T>> WatchAsync(SharedWatchOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return ValueStream.Watch(this, options, cancellation);
    }

    /// <summary>Copies the elements into memory of the caller's, in C order, unless they are older than that.</summary>
    /// <param name="destination">Where they go: exactly <see cref="Length"/> elements.</param>
    /// <param name="maxAge">How old the value may be, by the system's clock.</param>
    /// <exception cref="SharedStaleException">It is older; the destination's contents are undefined.</exception>
    /// <inheritdoc cref="FetchInto(Span{T})" path="/exception"/>
    public void FetchFreshInto(Span<T> destination, TimeSpan maxAge)
    {
        Deadline deadline = DefaultDeadline();
        ThrowUnlessWhole(ReadInto(destination, deadline, out ulong stamp), deadline);
        TimeSpan age = ValueStream.AgeOf(stamp);
        if (age > maxAge)
        {
            throw Error.Stale(Name, age, maxAge);
        }
    }
}
