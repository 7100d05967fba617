using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Internals;
using SharedObjects.Objects;
using SharedObjects.Sync;

namespace SharedObjects;

/// <content>Waiting for the next value, streams of values, and values that are fresh.</content>
public sealed partial class SharedObject<T>
{
    ObjectMount IValueReader<T>.Mount => Mount;

    ReadResult IValueReader<T>.Read(ref T value, in Deadline deadline, out ulong stamp) =>
        FetchWithin(ref value, into: false, deadline, out stamp);

    /// <summary>Waits for a newer value than the one this handle has seen last, and fetches it.</summary>
    /// <param name="timeout">How long to wait, for the lock too where that is needed (no longer than <see cref="SharedObjectOptions.LockTimeout"/>).</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The latest value; those that came before it are passed over, as is one that a dying writer has left torn.</returns>
    /// <exception cref="SharedSilenceException">There was none in time.</exception>
    /// <inheritdoc cref="SharedHandle.Wait(TimeSpan, CancellationToken)" path="/exception"/>
    /// <inheritdoc cref="Fetch(TimeSpan, CancellationToken)" path="/exception"/>
    public T FetchNext(TimeSpan timeout, CancellationToken cancellation = default) =>
        ValueStream.FetchNext(this, Deadline.After(timeout, cancellation));

    /// <inheritdoc cref="FetchNext(TimeSpan, CancellationToken)"/>
    public T FetchNext(CancellationToken cancellation = default) => FetchNext(Timeout.InfiniteTimeSpan, cancellation);

    /// <summary>Waits for a newer value than the one this handle has seen last, and fetches it.</summary>
    /// <param name="value">The latest value, if there was one in time.</param>
    /// <param name="timeout">How long to wait, for the lock too where that is needed.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False if there was none in time, or its lock was not to be had in that time.</returns>
    /// <inheritdoc cref="SharedHandle.Wait(TimeSpan, CancellationToken)" path="/exception"/>
    /// <inheritdoc cref="Fetch(TimeSpan, CancellationToken)" path="/exception"/>
    public bool TryFetchNext([MaybeNullWhen(false)] out T value, TimeSpan timeout, CancellationToken cancellation = default)
    {
        value = default!;
        return ValueStream.TryFetchNext(this, ref value, Deadline.After(timeout, cancellation));
    }

    /// <summary>Waits, without a thread, for a newer value than the one this handle has seen last, and fetches it.</summary>
    /// <inheritdoc cref="FetchNext(TimeSpan, CancellationToken)"/>
    public ValueTask<T> FetchNextAsync(TimeSpan timeout, CancellationToken cancellation = default) =>
        ValueStream.FetchNextAsync(this, Deadline.After(timeout, cancellation));

    /// <inheritdoc cref="FetchNextAsync(TimeSpan, CancellationToken)"/>
    public ValueTask<T> FetchNextAsync(CancellationToken cancellation = default) =>
        FetchNextAsync(Timeout.InfiniteTimeSpan, cancellation);

    /// <summary>
    /// The object's values as they come: each time the latest, never a queue. A producer that is restarted is followed; nobody waits on
    /// a thread.
    /// </summary>
    /// <param name="cancellation">Ends the stream, with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>A stream for <c>await foreach</c>. Several streams of one handle each see every value that is the latest when they ask.</returns>
    /// <inheritdoc cref="SharedHandle.Wait(TimeSpan, CancellationToken)" path="/exception"/>
    /// <inheritdoc cref="Fetch(TimeSpan, CancellationToken)" path="/exception"/>
    public IAsyncEnumerable<T> WatchAsync(CancellationToken cancellation = default) =>
        ValueStream.Watch(this, SharedWatchOptions.Default, cancellation);

    /// <inheritdoc cref="WatchAsync(CancellationToken)"/>
    /// <param name="options">What the stream begins with, and what it does when nothing comes.</param>
    /// <param name="cancellation">Ends the stream, with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="SharedSilenceException">No value has come for <see cref="SharedWatchOptions.MaxSilence"/>, and nobody is told.</exception>
    public IAsyncEnumerable<T> WatchAsync(SharedWatchOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return ValueStream.Watch(this, options, cancellation);
    }

    /// <summary>The object's value, unless it is older than that.</summary>
    /// <param name="maxAge">How old the value may be, by the system's clock.</param>
    /// <exception cref="SharedStaleException">It is older.</exception>
    /// <inheritdoc cref="Fetch()" path="/exception"/>
    public T FetchFresh(TimeSpan maxAge)
    {
        T value = default!;
        Deadline deadline = DefaultDeadline();
        ThrowUnlessWhole(ValueStream.FetchFresh(this, ref value, deadline, out TimeSpan age), deadline);
        return age <= maxAge ? value : throw Error.Stale(Name, age, maxAge);
    }

    /// <summary>Fetches the value, if there is a whole one that is not older than that.</summary>
    /// <param name="value">The value.</param>
    /// <param name="maxAge">How old the value may be, by the system's clock.</param>
    /// <returns>False if it is older, torn or was never assigned, or the lock was needed and not to be had.</returns>
    /// <inheritdoc cref="TryFetch" path="/exception"/>
    public bool TryFetchFresh([MaybeNullWhen(false)] out T value, TimeSpan maxAge)
    {
        value = default!;
        bool isFresh = ValueStream.FetchFresh(this, ref value, DefaultDeadline(), out TimeSpan age) == ReadResult.Whole && age <= maxAge;
        value = isFresh ? value : default!;
        return isFresh;
    }
}
