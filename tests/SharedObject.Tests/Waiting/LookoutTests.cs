using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.LockFree;
using SharedObjects.Waiting;

namespace SharedObjects.Tests.Waiting;

/// <summary>Threads whose writer wakes them, or whose object is quiet, sleep without a timer: whatever else can happen is noticed all the same.</summary>
public sealed class LookoutTests(PeerFixture fixture) : PeerTest(fixture)
{
    [Fact]
    public async Task Writes_that_wake_nobody_are_found()
    {
        PlainCreate(Name(), 0.5);
        using SharedObject<double> writer = SharedObject.Open<double>(Name());
        using SharedObject<double> reader = SharedObject.Open<double>(Name());
        for (double value = 1; value < 4; value++)
        {
            Task<bool> wait = await SleepAsync(writer, reader);
            PlainAssign(Name(), value);
            Assert.True(await wait);
            Assert.Equal(value, reader.Fetch());
        }
    }

    [Fact]
    public async Task So_are_those_to_an_object_that_nobody_has_written_for_long()
    {
        PlainCreate(Name(), 0.5);
        using SharedObject<double> writable = SharedObject.Open<double>(Name());
        using SharedObject<double> readable = SharedObject.Open<double>(Name(), new SharedObjectOptions { ReadOnly = true });
        Task<bool>[] waits = [.. new[] { writable, readable }.Select(static handle => Background.Run(() => handle.Wait(Timeout.InfiniteTimeSpan)))];
        Until(() => Lookout.CountFor(Name()) == 2);
        PlainAssign(Name(), 1.5);
        Assert.All(await Task.WhenAll(waits), Assert.True);
    }

    [Fact]
    public async Task A_value_that_is_due_is_looked_for_at_its_time()
    {
        // Both long, for machines that stall; but a sixteenth of the period must be less than the step.
        TimeSpan period = TimeSpan.FromMilliseconds(250), step = TimeSpan.FromMilliseconds(20);
        TimeSpan tooShort = 3 * step, longEnough = 5 * step; // to sleep without a timer
        SharedObject.Create(Name(), 0.5).Dispose();
        using SharedObject<double> reader = SharedObject.Open<double>(Name(), new SharedObjectOptions { LongestPollStep = step });
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        await FindNextAsync();
        bool hasStalled, isWatched = false;
        do
        {
            Until(() => Lookout.CountFor(Name()) == 0);
            long begin = MonotonicClock.Now;
            bool found = await FindNextAsync();
            Task<bool> wait = Background.Run(() => reader.Wait(longEnough));
            isWatched = false;
            while (!wait.IsCompleted)
            {
                isWatched |= Lookout.CountFor(Name()) > 0;
                Thread.Sleep(1);
            }

            Assert.False(await wait);
            hasStalled = !found || MonotonicClock.Now - begin > 2 * MonotonicClock.Nanoseconds(period); // then it is looked for now and then
        }
        while (hasStalled);
        Assert.False(isWatched);

        async Task<bool> FindNextAsync()
        {
            Task<bool> wait = Background.Run(() => reader.Wait(tooShort));
            Until(() => raw.WaitersWord == 1 || wait.IsCompleted);
            raw.MtimeWord += (ulong)MonotonicClock.Nanoseconds(period); // as a trigger that wakes nobody
            bool found = await wait;
            Assert.True(reader.Triggered);
            return found;
        }
    }

    [Fact]
    public async Task A_writer_that_dies_before_its_wake_call_is_found()
    {
        using SharedObject<double> writer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name());
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        Task<bool> wait = await SleepAsync(writer, reader);
        Until(() => raw.WaitersWord == 1);
        raw.Die(Made.DoubleSize - 1, 1);
        Assert.True(await wait);
        Until(() => raw.WaitersWord == 0);
    }

    [Fact]
    public async Task A_segment_that_is_made_anew_is_found()
    {
        using SharedObject<double> writer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name());
        Task<bool> wait = await SleepAsync(writer, reader);
        writer.Unlink();
        using SharedObject<double> second = SharedObject.Create(Name(), 1.5);
        Assert.True(await wait);
        Assert.Equal(1.5, reader.Fetch());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(300)]
    public async Task The_wait_ends_in_time_and_not_before(int milliseconds)
    {
        using SharedObject<double> writer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name());
        await WakeTwiceAsync(writer, reader);
        long begin = MonotonicClock.Now;
        Assert.False(reader.Wait(TimeSpan.FromMilliseconds(milliseconds)));
        Assert.True(MonotonicClock.Now - begin >= milliseconds * MonotonicClock.Millisecond);
    }

    [Fact]
    public async Task Cancelling_and_disposing_end_the_wait()
    {
        using SharedObject<double> writer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name());
        using var source = new CancellationTokenSource();
        Task<bool> cancelled = await SleepAsync(writer, reader, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        Task<bool> disposed = await SleepAsync(writer, reader);
        reader.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => disposed);
    }

    [Fact]
    public async Task Who_waits_no_more_is_forgotten_and_found_again()
    {
        using SharedObject<double> writer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name());
        for (int i = 0; i < 2; i++)
        {
            Task<bool> wait = await SleepAsync(writer, reader);
            writer.Assign(i);
            Assert.True(await wait);
            Until(() => Lookout.CountFor(Name()) == 0);
        }
    }

    [Fact]
    public async Task Several_threads_may_sleep_for_one_handle()
    {
        using SharedObject<double> writer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name());
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        Task<bool> first = await SleepAsync(writer, reader), second = Background.Run(() => reader.Wait(Timeout.InfiniteTimeSpan));
        Until(() => raw.WaitersWord == 2);
        raw.Die(Made.DoubleSize - 1, 1);
        Assert.True(await first);
        Assert.True(await second);
    }

    /// <summary>Has a thread wait that sleeps without a timer.</summary>
    private async Task<Task<bool>> SleepAsync(SharedObject<double> writer, SharedObject<double> reader, CancellationToken cancellation = default)
    {
        await WakeTwiceAsync(writer, reader);
        Task<bool> wait = Background.Run(() => reader.Wait(Timeout.InfiniteTimeSpan, cancellation));
        Until(() => Lookout.CountFor(Name()) == 1);
        Assert.False(wait.IsCompleted);
        return wait;
    }

    private async Task WakeTwiceAsync(SharedObject<double> writer, SharedObject<double> reader)
    {
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        reader.Fetch();
        for (int i = 0; i < 2; i++)
        {
            Task<bool> wait = Background.Run(() => reader.Wait(Timeout.InfiniteTimeSpan));
            Until(() => raw.WaitersWord > 0);
            writer.Assign(writer.Fetch() + 1);
            Assert.True(await wait);
            reader.Fetch();
        }
    }
}
