using System;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.LockFree;

namespace SharedObjects.Tests.Waiting;

/// <summary>Waiting for the next value: on a thread and without one, for writers of every kind; however it ends, nothing is left behind.</summary>
public sealed class WaitTests(PeerFixture fixture) : PeerTest(fixture)
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30), Never = Timeout.InfiniteTimeSpan;


    public static TheoryData<string> Ways => new("block", "spin, then block", "spin", "async");

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_write_of_another_handle_ends_the_wait(string way)
    {
        using SharedObject<double> writer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name(), OptionsOf(way));
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        for (double value = 1; value < 20; value++)
        {
            Task<bool> wait = Wait(way, reader, Never);
            if (way is "block" or "async")
            {
                Until(() => raw.WaitersWord == 1);
            }

            writer.Assign(value);
            Assert.True(await wait);
            Assert.True(reader.Modified); // waiting is not seeing
            Assert.Equal(value, reader.Fetch());
        }

        Until(() => raw.WaitersWord == 0);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_trigger_ends_the_wait(string way)
    {
        using SharedObject<double> writer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name(), OptionsOf(way));
        Task<bool> wait = Wait(way, reader, Never);
        writer.Trigger();
        Assert.True(await wait);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_plain_Python_write_ends_the_wait(string way)
    {
        PlainCreate(Name(), 0.5);
        using SharedObject<double> adopted = SharedObject.Open<double>(Name(), OptionsOf(way));
        using SharedObject<double> locked = SharedObject.Open<double>(Name(), OptionsOf(way) with { ReadOnly = true });
        for (double value = 1; value < 5; value++)
        {
            Task<bool> wait = Wait(way, adopted, Never), other = Wait(way, locked, Never);
            PlainAssign(Name(), value);
            Assert.True(await wait);
            Assert.True(await other);
            Assert.Equal(value, adopted.Fetch());
            Assert.Equal(value, locked.Fetch());
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_write_to_a_segment_without_a_trailer_ends_the_wait(string way)
    {
        PlainCreate(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name(), OptionsOf(way) with { Adopt = false });
        Assert.False(reader.HasTrailer);
        Task<bool> wait = Wait(way, reader, Never);
        PlainAssign(Name(), 1.5);
        Assert.True(await wait);
        Assert.Equal(1.5, reader.Fetch());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Who_is_late_need_not_wait(string way)
    {
        using SharedObject<double> writer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name(), OptionsOf(way));
        Assert.False(await Wait(way, reader, TimeSpan.Zero));
        writer.Assign(1.5);
        Assert.True(await Wait(way, reader, TimeSpan.Zero));
        Assert.True(await Wait(way, reader, Never)); // still: it was not fetched
        reader.Fetch();
        Assert.False(await Wait(way, reader, Short));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Cancelling_ends_the_wait_and_leaves_no_waiter_behind(string way)
    {
        using SharedObject<double> reader = SharedObject.Create(Name(), 0.5, OptionsOf(way));
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        for (int i = 0; i < 10; i++)
        {
            using var source = new CancellationTokenSource();
            Task<bool> wait = Wait(way, reader, Never, source.Token);
            if (way is "block" or "async")
            {
                Until(() => raw.WaitersWord > 0);
            }

            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait(way, reader, Never, new CancellationToken(canceled: true)));
        Until(() => raw.WaitersWord == 0);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Disposing_the_handle_ends_the_wait_and_leaves_no_waiter_behind(string way)
    {
        SharedObject.Create(Name(), 0.5).Dispose();
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        for (int i = 0; i < 10; i++)
        {
            SharedObject<double> reader = SharedObject.Open<double>(Name(), OptionsOf(way));
            Task<bool>[] waits = [Wait(way, reader, Never), Wait("async", reader, Never)];
            Until(() => raw.WaitersWord > 0);
            reader.Dispose();
            foreach (Task<bool> wait in waits)
            {
                await Assert.ThrowsAsync<ObjectDisposedException>(() => wait);
            }

            Until(() => raw.WaitersWord == 0);
            await Assert.ThrowsAsync<ObjectDisposedException>(() => Wait(way, reader, Never));
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_wait_that_times_out_leaves_no_waiter_behind(string way)
    {
        using SharedObject<double> reader = SharedObject.Create(Name(), 0.5, OptionsOf(way));
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        for (int i = 0; i < 5; i++)
        {
            Assert.False(await Wait(way, reader, Short));
        }

        Until(() => raw.WaitersWord == 0);
    }

    [Theory]
    [InlineData("block")]
    [InlineData("spin, then block")]
    [InlineData("spin")]
    public async Task A_thread_that_waits_leaves_nothing_for_the_garbage_collector(string way)
    {
        const int MostPerWait = 500, Rounds = 10;
        using SharedObject<double> reader = SharedObject.Create(Name(), 0.5, OptionsOf(way));
        long allocated = await Background.Run(() =>
        {
            Assert.False(reader.Wait(Short)); // what is made once
            long least = long.MaxValue;
            for (int round = 0; round < Rounds && least > MostPerWait; round++) // a collection that other tests cause counts a whole allocation context
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                Assert.False(reader.Wait(5 * Short));
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            return least;
        });
        Assert.InRange(allocated, 0, MostPerWait); // per wait, not per look
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Many_may_wait_for_one_handle(string way)
    {
        const int Waiters = 5;
        using SharedObject<double> writer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name(), OptionsOf(way));
        var waits = new Task<bool>[Waiters];
        for (int i = 0; i < waits.Length; i++)
        {
            waits[i] = Wait(way, reader, Never);
        }

        writer.Assign(1.5);
        Assert.All(await Task.WhenAll(waits), Assert.True);
    }

    [Fact]
    public async Task A_waiter_that_crashed_costs_nobody_a_wake()
    {
        using SharedObject<double> writer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name());
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        raw.WaitersWord = 3; // counted themselves, and died
        for (double value = 1; value < 5; value++)
        {
            Task<bool> wait = Wait("block", reader, Never);
            writer.Assign(value);
            Assert.True(await wait);
            Assert.Equal(value, reader.Fetch());
        }

        Assert.Equal(3u, raw.WaitersWord);
    }

    [Fact]
    public async Task A_writer_that_dies_before_its_wake_call_is_found_all_the_same()
    {
        using SharedObject<double> reader = SharedObject.Create(Name(), 0.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        Task<bool> blocked = Wait("block", reader, Never), asleep = Wait("async", reader, Never);
        Until(() => raw.WaitersWord == 2);
        raw.Die(Made.DoubleSize - 1, 1);
        Assert.True(await blocked);
        Assert.True(await asleep);
    }

    [Fact]
    public async Task Our_Python_package_wakes_and_is_woken()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 0.5);
        Peer.Open("w", Name());
        for (double value = 1; value < 10; value++)
        {
            Task<bool> wait = Wait("block", handle, Never);
            Peer.Assign("w", value);
            Assert.True(await wait);
            Assert.Equal(value, handle.Fetch());

            Task<object?> fetched = Background.Run(() => JsonFetchNext("w"));
            handle.Assign(-value);
            Assert.Equal(-value, await fetched);
        }

        Close("w");
    }

    private object? JsonFetchNext(string handle) => Support.JsonForm.Read(Peer.Run("fetch_next", ("handle", handle))!);

    private static SharedObjectOptions OptionsOf(string way) => new()
    {
        WaitStrategy = way switch
        {
            "spin" => WaitStrategy.Spin,
            "spin, then block" => WaitStrategy.SpinThenBlock,
            _ => WaitStrategy.Block,
        },
    };

    private static Task<bool> Wait(string way, SharedHandle handle, TimeSpan timeout, CancellationToken cancellation = default) =>
        way == "async" ? handle.WaitAsync(timeout, cancellation).AsTask() : Background.Run(() => handle.Wait(timeout, cancellation));
}
