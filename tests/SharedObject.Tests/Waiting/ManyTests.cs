using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Tests.LockFree;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Waiting;

/// <summary>Many objects awaited at once: any of them, all of them, and without a thread for each.</summary>
public sealed class ManyTests : SegmentTest
{
    private const int Many = 300; // more than two threads take

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);

    [Fact]
    public async Task Hundreds_of_waits_take_a_few_threads_and_each_is_answered()
    {
        List<SharedObject<long>> writers = [], readers = [];
        List<Task<long>> waits = [];
        for (int i = 0; i < Many; i++)
        {
            writers.Add(SharedObject.Create(Name($"{i}"), 0L));
            readers.Add(SharedObject.Open<long>(Name($"{i}")));
            waits.Add(readers[i].FetchNextAsync().AsTask());
        }

        Until(() => Enumerable.Range(0, Many).All(i => Waiters(i) == 1));
        Assert.InRange(WaitThreads(), 1, (Many / 127) + 3); // and those of tests that run beside this one
        int[] order = [.. Enumerable.Range(0, Many)];
        new Random(1).Shuffle(order);
        foreach (int i in order)
        {
            Assert.False(waits[i].IsCompleted);
            writers[i].Assign(i + 1L);
            Assert.Equal(i + 1L, await waits[i]);
        }

        Until(() => Enumerable.Range(0, Many).All(i => Waiters(i) == 0));
        writers.ForEach(writer => writer.Dispose());
        readers.ForEach(reader => reader.Dispose());
    }

    [Fact]
    public async Task Any_of_several()
    {
        using Objects objects = MakeObjects(200);
        Assert.Null(await SharedWait.AnyAsync(objects.Readers, Short));
        foreach (int i in new[] { 150, 3, 199 })
        {
            Task<SharedHandle> wait = SharedWait.AnyAsync(objects.Readers).AsTask();
            objects.Writers[i].Assign(1);
            Assert.Same(objects.Readers[i], await wait);
            Assert.Same(objects.Readers[i], SharedWait.Any(objects.Readers, Timeout.InfiniteTimeSpan)); // it was not fetched
            ((SharedObject<long>)objects.Readers[i]).Fetch();
        }

        using var source = new CancellationTokenSource();
        Task<SharedHandle> cancelled = SharedWait.AnyAsync(objects.Readers, source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Task<SharedHandle> disposed = SharedWait.AnyAsync(objects.Readers).AsTask();
        objects.Readers[77].Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => disposed);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => SharedWait.AnyAsync([]).AsTask());
    }

    [Fact]
    public async Task All_of_several()
    {
        using Objects objects = MakeObjects(20);
        Task wait = SharedWait.AllAsync(objects.Readers).AsTask();
        foreach (SharedObject<long> writer in objects.Writers)
        {
            Assert.False(wait.IsCompleted);
            writer.Assign(1);
        }

        await wait;
        Assert.True(SharedWait.All(objects.Readers, TimeSpan.Zero));
        ((SharedObject<long>)objects.Readers[5]).Fetch();
        Assert.False(SharedWait.All(objects.Readers, Short));
        Assert.True(await SharedWait.AllAsync([], TimeSpan.Zero));
    }

    [Fact]
    public async Task A_trigger_is_reported_once_to_who_waits_for_it()
    {
        using SharedTrigger far = SharedTrigger.OpenOrCreate(Name()), near = SharedTrigger.OpenOrCreate(Name());
        Assert.False(near.Wait(Short));
        Task wait = near.WaitAsync().AsTask();
        Assert.False(wait.IsCompleted);
        far.Trigger();
        await wait;
        Assert.False(near.Triggered);
        Assert.False(await near.WaitAsync(Short));
        far.Trigger();
        Assert.True(near.Wait(Timeout.InfiniteTimeSpan));
        Assert.False(near.Wait(TimeSpan.Zero));
    }

    [Fact]
    public async Task Waits_that_come_and_go_on_many_threads_lose_nothing()
    {
        const int Rounds = 2_000, Threads = 4;
        using SharedObject<long> writer = SharedObject.Create(Name(), 0L);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        Task[] readers = [.. Enumerable.Range(0, Threads).Select(i => Task.Run(async () =>
        {
            using SharedObject<long> reader = SharedObject.Open<long>(Name());
            var random = new Random(i);
            for (long value = 0; value < Rounds;)
            {
                using var source = new CancellationTokenSource(random.Next(4));
                try
                {
                    long next = random.Next(2) == 0 ? reader.FetchNext(source.Token) : await reader.FetchNextAsync(source.Token);
                    Assert.True(next > value);
                    value = next;
                }
                catch (OperationCanceledException)
                {
                    value = Math.Max(value, reader.Fetch()); // what came while the wait was cancelled
                }
            }
        }))];
        for (long value = 1; value <= Rounds; value++)
        {
            writer.Assign(value);
            if (value % 100 == 0)
            {
                await Task.Delay(1);
            }
        }

        await Task.WhenAll(readers);
        Until(() => raw.WaitersWord == 0);
    }

    private static int WaitThreads() => Directory.EnumerateDirectories("/proc/self/task").Count(IsWaitThread);

    private static bool IsWaitThread(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).StartsWith("SharedObject wa", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // a thread that has just ended
        }
    }

    private uint Waiters(int i)
    {
        using var raw = new RawSegment(Name($"{i}"), Made.DoubleSize);
        return raw.WaitersWord;
    }

    private Objects MakeObjects(int count) => new(
        [.. Enumerable.Range(0, count).Select(i => SharedObject.Create(Name($"{i}"), 0L))],
        [.. Enumerable.Range(0, count).Select(i => SharedObject.Open<long>(Name($"{i}")))]);

    private sealed record Objects(SharedObject<long>[] Writers, SharedHandle[] Readers) : IDisposable
    {
        public void Dispose()
        {
            foreach (SharedHandle handle in (IEnumerable<SharedHandle>)[.. Writers, .. Readers])
            {
                handle.Dispose();
            }
        }
    }
}
