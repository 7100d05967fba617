using System;
using System.Collections.Generic;
using System.Numerics.Tensors;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.LockFree;

namespace SharedObjects.Tests.Waiting;

/// <summary>The next value, and streams of values: always the latest whole one, and never a queue.</summary>
public sealed class StreamTests(PeerFixture fixture) : PeerTest(fixture)
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1); // of what used not to end at all

    [Fact]
    public async Task A_value_whose_lock_is_not_to_be_had_takes_no_longer_than_the_call_may_wait()
    {
        SharedObject.Create(Name(), 0.5).Dispose();
        using SharedObject<double> reader = SharedObject.Open<double>(Name(), new SharedObjectOptions { LockTimeout = Timeout.InfiniteTimeSpan });
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        raw.LockExclusive();
        raw.MtimeWord++; // a plain Python writer that stops in the middle
        Assert.False(await Background.Run(() => reader.TryFetchNext(out _, Short)).WaitAsync(Limit));
        await Assert.ThrowsAsync<SharedLockTimeoutException>(() => Background.Run(() => reader.FetchNext(Short)).WaitAsync(Limit));
        await Assert.ThrowsAsync<SharedLockTimeoutException>(() => Task.Run(() => reader.FetchNextAsync(Short).AsTask()).WaitAsync(Limit));
        raw.Unlock();
        Assert.True(reader.TryFetchNext(out _, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task The_next_value_is_one_that_was_not_seen()
    {
        using SharedObject<double> writer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name());
        Assert.Equal(Short, Assert.Throws<SharedSilenceException>(() => reader.FetchNext(Short)).Silence);
        Assert.False(reader.TryFetchNext(out _, Short));
        await Assert.ThrowsAsync<SharedSilenceException>(() => reader.FetchNextAsync(Short).AsTask());

        writer.Assign(1.5);
        writer.Assign(2.5);
        Assert.Equal(2.5, reader.FetchNext()); // the latest
        Assert.False(reader.TryFetchNext(out _, Short));
        writer.Assign(3.5);
        Assert.Equal(3.5, await reader.FetchNextAsync());
        Task<double> next = reader.FetchNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        writer.Assign(4.5);
        Assert.Equal(4.5, await next);
        writer.Trigger(); // the same value, but anew
        Assert.True(reader.TryFetchNext(out double again, TimeSpan.Zero));
        Assert.Equal(4.5, again);
    }

    [Fact]
    public async Task Every_value_of_a_writer_that_waits_for_its_reader_arrives_in_order()
    {
        const int Values = 500;
        using SharedObject<long> there = SharedObject.Create(Name("there"), 0L), back = SharedObject.Create(Name("back"), 0L);
        using SharedObject<long> farThere = SharedObject.Open<long>(Name("there")), farBack = SharedObject.Open<long>(Name("back"));
        Task echo = Task.Run(async () =>
        {
            for (int i = 1; i <= Values; i++)
            {
                farBack.Assign(await farThere.FetchNextAsync());
            }
        });
        for (long i = 1; i <= Values; i++)
        {
            there.Assign(i);
            Assert.Equal(i, back.FetchNext());
        }

        await echo;
    }

    [Fact]
    public async Task A_stream_gives_the_latest_and_queues_nothing()
    {
        using SharedObject<double> writer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name());
        await using IAsyncEnumerator<double> stream = reader.WatchAsync().GetAsyncEnumerator();
        ValueTask<bool> first = stream.MoveNextAsync();
        Assert.False(first.IsCompleted); // what was there at the beginning is not new
        writer.Assign(1);
        Assert.True(await first);
        Assert.Equal(1, stream.Current);
        for (double value = 2; value < 10; value++)
        {
            writer.Assign(value);
        }

        Assert.True(await stream.MoveNextAsync());
        Assert.Equal(9, stream.Current);
        ValueTask<bool> next = stream.MoveNextAsync();
        reader.Fetch();
        Assert.False(next.IsCompleted);
        writer.Assign(10);
        Assert.True(await next);
        Assert.Equal(10, stream.Current);
    }

    [Fact]
    public async Task A_stream_has_a_place_of_its_own()
    {
        using SharedObject<double> writer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name());
        await using IAsyncEnumerator<double> one = reader.WatchAsync().GetAsyncEnumerator();
        await using IAsyncEnumerator<double> two = reader.WatchAsync(new SharedWatchOptions { StartWithCurrent = true }).GetAsyncEnumerator();
        Assert.True(await two.MoveNextAsync());
        Assert.Equal(0.5, two.Current);
        ValueTask<bool> waiting = one.MoveNextAsync();
        writer.Assign(1.5);
        Assert.Equal(1.5, reader.Fetch()); // seen by the handle, but not by its streams
        Assert.True(await waiting);
        Assert.True(await two.MoveNextAsync());
        Assert.Equal((1.5, 1.5), (one.Current, two.Current));
    }

    [Fact]
    public async Task A_stream_of_a_plain_Python_writer()
    {
        PlainCreate(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name());
        await using IAsyncEnumerator<double> stream = reader.WatchAsync().GetAsyncEnumerator();
        for (double value = 1; value < 20; value++)
        {
            ValueTask<bool> next = stream.MoveNextAsync();
            PlainAssign(Name(), value);
            Assert.True(await next);
            Assert.Equal(value, stream.Current);
        }
    }

    [Fact]
    public async Task What_is_torn_is_passed_over()
    {
        using SharedObject<double> writer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name());
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        await using IAsyncEnumerator<double> stream = reader.WatchAsync().GetAsyncEnumerator();
        ValueTask<bool> next = stream.MoveNextAsync();
        raw.Die(RawSegment.Data, Made.Double(7));
        Assert.False(reader.TryFetchNext(out _, Short));
        Assert.Throws<SharedTornException>(() => reader.Fetch());
        Assert.False(next.IsCompleted);
        writer.Assign(1.5);
        Assert.True(await next);
        Assert.Equal(1.5, stream.Current);
        Assert.False(reader.TryFetchNext(out _, TimeSpan.Zero)); // what a stream has given, its handle has seen
    }

    [Fact]
    public async Task An_object_that_was_never_assigned_has_its_first_value_waited_for()
    {
        using SharedObject<Schemas.ArmState> writer = Schemas.ArmState.OpenOrCreate(Name());
        using SharedObject<Schemas.ArmState> reader = Schemas.ArmState.Open(Name());
        await using IAsyncEnumerator<Schemas.ArmState> stream =
            reader.WatchAsync(new SharedWatchOptions { StartWithCurrent = true }).GetAsyncEnumerator();
        ValueTask<bool> next = stream.MoveNextAsync();
        Assert.False(next.IsCompleted);
        writer.Assign(new Schemas.ArmState(5, default, new double[7], "on", true));
        Assert.True(await next);
        Assert.Equal(5, stream.Current.Timestamp);
    }

    [Fact]
    public async Task A_stream_is_cancelled()
    {
        using SharedObject<double> reader = SharedObject.Create(Name(), 0.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        using var source = new CancellationTokenSource();
        Task stream = Task.Run(async () =>
        {
            await foreach (double value in reader.WatchAsync(source.Token))
            {
                Assert.Fail($"{value} came from nowhere");
            }
        });
        Until(() => raw.WaitersWord == 1);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream);
        Until(() => raw.WaitersWord == 0);
    }

    [Fact]
    public async Task Silence_ends_a_stream_or_is_told_once_each_time()
    {
        using SharedObject<double> writer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name());
        await using (IAsyncEnumerator<double> stream = reader.WatchAsync(new SharedWatchOptions { MaxSilence = Short }).GetAsyncEnumerator())
        {
            await Assert.ThrowsAsync<SharedSilenceException>(() => stream.MoveNextAsync().AsTask());
        }

        int told = 0;
        var options = new SharedWatchOptions
        {
            MaxSilence = Short,
            OnSilence = silence =>
            {
                Assert.Equal(Short, silence);
                Interlocked.Increment(ref told);
            },
        };
        await using IAsyncEnumerator<double> other = reader.WatchAsync(options).GetAsyncEnumerator();
        for (int round = 1; round < 4; round++)
        {
            ValueTask<bool> next = other.MoveNextAsync();
            Until(() => Volatile.Read(ref told) == round);
            await Task.Delay(3 * Short);
            Assert.Equal(round, Volatile.Read(ref told));
            writer.Assign(round);
            Assert.True(await next);
            Assert.Equal(round, other.Current);
        }
    }

    [Fact]
    public async Task Arrays_are_streamed_too()
    {
        using SharedArray<int> writer = SharedArray<int>.Publish(Name(), [1, 2, 3, 4], [2, 2]);
        using SharedArray<int> reader = SharedArray<int>.Open(Name());
        await using IAsyncEnumerator<Tensor<int>> stream = reader.WatchAsync().GetAsyncEnumerator();
        writer.Assign([5, 6, 7, 8]);
        Assert.True(await stream.MoveNextAsync());
        Assert.Equal(7, stream.Current[1, 0]);
        writer.Assign([9, 9, 9, 1]);
        Assert.Equal(1, reader.FetchNext()[1, 1]);
        writer.Assign([9, 9, 9, 2]);
        Assert.Equal(2, (await reader.FetchNextAsync())[1, 1]);
    }

    [Fact]
    public void A_value_that_is_too_old_is_refused()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 0.5);
        using SharedArray<int> array = SharedArray<int>.Publish(Name("a"), [1, 2], [2]);
        int[] elements = new int[2];
        Assert.Equal(0.5, handle.FetchFresh(TimeSpan.FromHours(1)));
        array.FetchFreshInto(elements, TimeSpan.FromHours(1));
        Assert.Equal([1, 2], elements);
        Assert.True(handle.TryFetchFresh(out double value, TimeSpan.FromHours(1)));
        Assert.Equal(0.5, value);

        Thread.Sleep(5);
        SharedStaleException refused = Assert.Throws<SharedStaleException>(() => handle.FetchFresh(TimeSpan.FromMilliseconds(1)));
        Assert.InRange(refused.Age, TimeSpan.FromMilliseconds(5), TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromMilliseconds(1), refused.MaxAge);
        Assert.False(handle.TryFetchFresh(out _, TimeSpan.FromMilliseconds(1)));
        Assert.Throws<SharedStaleException>(() => array.FetchFreshInto(elements, TimeSpan.FromMilliseconds(1)));
        handle.Trigger();
        Assert.Equal(0.5, handle.FetchFresh(TimeSpan.FromHours(1)));
    }
}
