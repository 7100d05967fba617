using System;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Waiting;

/// <summary>Whoever waits on a thread of its own does not depend on the thread pool, all of whose threads may be stuck in something else.</summary>
[Collection(nameof(PoolTests))]
[CollectionDefinition(nameof(PoolTests), DisableParallelization = true)] // the pool that it fills is the process's
public sealed class PoolTests : SegmentTest
{
    // Far beyond what they take: without a thread of the pool they used not to end at all.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void Waits_on_a_thread_end_without_one_of_the_pool()
    {
        using SharedObject<double> writer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name());
        reader.Fetch();
        using var full = new FullPool();
        Assert.Null(In(() => SharedWait.Any([reader], TimeSpan.FromMilliseconds(1))));
        Assert.False(In(() => SharedWait.All([reader], TimeSpan.FromMilliseconds(1))));
        Assert.Same(reader, In(() => SharedWait.Any([reader], Timeout.InfiniteTimeSpan), () => writer.Assign(1.5)));
        reader.Fetch();
        Assert.True(In(() => SharedWait.All([reader], Timeout.InfiniteTimeSpan), () => writer.Assign(2.5)));
        Assert.Equal(2.5, reader.FetchNext(TimeSpan.Zero));
        Assert.Equal(3.5, In(() => reader.FetchNext(), () => writer.Assign(3.5)));
    }

    private static T In<T>(Func<T> wait, Action? meanwhile = null)
    {
        Task<T> task = Background.Run(wait);
        meanwhile?.Invoke();
        Assert.True(task.Wait(Limit), "It waits for a thread of the pool.");
        return task.Result;
    }

    /// <summary>Keeps all threads of the pool busy, and more work waiting in front of whatever else may come.</summary>
    private sealed class FullPool : IDisposable
    {
        private readonly ManualResetEventSlim _end = new();
        private readonly CountdownEvent _left;
        private readonly (int Workers, int Others) _least, _most;

        internal FullPool()
        {
            ThreadPool.GetMinThreads(out _least.Workers, out _least.Others);
            ThreadPool.GetMaxThreads(out _most.Workers, out _most.Others);
            int most = Environment.ProcessorCount;
            Assert.True(ThreadPool.SetMinThreads(1, _least.Others) && ThreadPool.SetMaxThreads(most, _most.Others));
            int count = 8 * Math.Max(most, ThreadPool.ThreadCount);
            _left = new CountdownEvent(count);
            for (int i = 0; i < count; i++)
            {
                ThreadPool.UnsafeQueueUserWorkItem(
                    static pool =>
                    {
                        pool._end.WaitHandle.WaitOne();
                        pool._left.Signal();
                    },
                    this,
                    preferLocal: false);
            }
        }

        public void Dispose()
        {
            _end.Set();
            ThreadPool.SetMaxThreads(_most.Workers, _most.Others);
            ThreadPool.SetMinThreads(_least.Workers, _least.Others);
            _left.Wait(); // they use both of what is disposed now
            _left.Dispose();
            _end.Dispose();
        }
    }
}
