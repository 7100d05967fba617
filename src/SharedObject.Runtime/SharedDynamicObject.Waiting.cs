using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Internals;
using SharedObjects.Objects;
using SharedObjects.Sync;
using SharedObjects.Wire.Codecs;

namespace SharedObjects;

/// <content>Waiting for the next value, streams of values, and values that are fresh.</content>
public sealed partial class SharedDynamicObject
{
    ObjectMount IValueReader<object?>.Mount => Mount;

    ReadResult IValueReader<object?>.Read(ref object? value, in Deadline deadline, out ulong stamp) =>
        FetchWithin(DynamicValueCodec.Instance, ref value, deadline, out stamp, out _);

    /// <inheritdoc cref="SharedObject{T}.FetchNext(TimeSpan, CancellationToken)"/>
    public object? FetchNext(TimeSpan timeout, CancellationToken cancellation = default) =>
        ValueStream.FetchNext(this, Deadline.After(timeout, cancellation));

    /// <inheritdoc cref="SharedObject{T}.FetchNext(TimeSpan, CancellationToken)"/>
    public object? FetchNext(CancellationToken cancellation = default) => FetchNext(Timeout.InfiniteTimeSpan, cancellation);

    /// <inheritdoc cref="SharedObject{T}.TryFetchNext"/>
    public bool TryFetchNext(out object? value, TimeSpan timeout, CancellationToken cancellation = default)
    {
        value = null;
        return ValueStream.TryFetchNext(this, ref value, Deadline.After(timeout, cancellation));
    }

    /// <inheritdoc cref="SharedObject{T}.FetchNextAsync(TimeSpan, CancellationToken)"/>
    public ValueTask<object?> FetchNextAsync(TimeSpan timeout, CancellationToken cancellation = default) =>
        ValueStream.FetchNextAsync(this, Deadline.After(timeout, cancellation));

    /// <inheritdoc cref="SharedObject{T}.FetchNextAsync(TimeSpan, CancellationToken)"/>
    public ValueTask<object?> FetchNextAsync(CancellationToken cancellation = default) =>
        FetchNextAsync(Timeout.InfiniteTimeSpan, cancellation);

    /// <inheritdoc cref="SharedObject{T}.WatchAsync(CancellationToken)"/>
    public IAsyncEnumerable<object?> WatchAsync(CancellationToken cancellation = default) =>
        ValueStream.Watch(this, SharedWatchOptions.Default, cancellation);

    /// <inheritdoc cref="SharedObject{T}.WatchAsync(SharedWatchOptions, CancellationToken)"/>
    public IAsyncEnumerable<object?> WatchAsync(SharedWatchOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return ValueStream.Watch(this, options, cancellation);
    }

    /// <inheritdoc cref="SharedObject{T}.FetchFresh"/>
    public object? FetchFresh(TimeSpan maxAge)
    {
        object? value = null;
        Deadline deadline = DefaultDeadline();
        ThrowUnlessWhole(ValueStream.FetchFresh(this, ref value, deadline, out TimeSpan age), deadline);
        return age <= maxAge ? value : throw Error.Stale(Name, age, maxAge);
    }

    /// <inheritdoc cref="SharedObject{T}.TryFetchFresh"/>
    public bool TryFetchFresh(out object? value, TimeSpan maxAge)
    {
        value = null;
        bool isFresh = ValueStream.FetchFresh(this, ref value, DefaultDeadline(), out TimeSpan age) == ReadResult.Whole && age <= maxAge;
        value = isFresh ? value : null;
        return isFresh;
    }
}
