using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Sync;

/// <summary>The readers/writer lock between handles, threads and processes.</summary>
public sealed class LockTests : SegmentTest
{
    /// <summary>Reads take the lock too.</summary>
    private static readonly SharedObjectOptions Locked = new() { LockFreeReads = false };

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);

    [Fact]
    public void An_idle_handle_holds_no_lock()
    {
        using var peer = new PythonPeer();
        using SharedObject<double> made = SharedObject.Publish(Name(), 1.5);
        using SharedObject<double> mounted = SharedObject.Open<double>(Name());
        Assert.True(peer.CanLock(Name()));

        _ = mounted.Fetch();
        mounted.Assign(2.5).Trigger();
        _ = made.Modified;

        Assert.True(peer.CanLock(Name()));
    }

    [Fact]
    public void A_handle_in_a_scope_holds_the_lock_that_it_says()
    {
        using var peer = new PythonPeer();
        using SharedObject<double> handle = SharedObject.Publish(Name(), 1.5);
        using (handle.EnterReadLock())
        {
            Assert.False(peer.CanLock(Name(), "ex"));
            Assert.True(peer.CanLock(Name(), "sh"));
        }

        using (handle.EnterWriteLock())
        {
            Assert.False(peer.CanLock(Name(), "sh"));
        }

        Assert.True(peer.CanLock(Name(), "ex"));
    }

    [Fact]
    public void A_scope_that_is_disposed_of_twice_lets_go_of_nothing_that_is_not_its_own()
    {
        using SharedObject<double> handle = SharedObject.Publish(Name(), 1.5);
        using SharedObject<double> other = SharedObject.Open<double>(Name());
        using var held = new ManualResetEventSlim();
        using var looked = new ManualResetEventSlim();
        SharedLockScope first = handle.EnterWriteLock();
        SharedLockScope inner = handle.EnterReadLock();
        first.Dispose();
        var holder = new Thread(() =>
        {
            using (handle.EnterWriteLock())
            {
                held.Set();
                looked.Wait();
            }
        });
        holder.Start();
        held.Wait();
        inner.Dispose(); // late
        first.Dispose();
        bool wrote = other.TryAssign(2.5), joined = handle.TryAssign(3.5);
        looked.Set();
        holder.Join();
        Assert.False(wrote);
        Assert.False(joined);

        using (handle.EnterWriteLock())
        {
            first.Dispose(); // the same thread's later scope is another one
            Assert.False(other.TryAssign(2.5));
        }

        Assert.True(other.TryAssign(2.5));
    }

    [Fact]
    public void A_busy_lock_ends_calls_in_time_and_is_waited_for_when_it_is_let_go()
    {
        using SharedObject<double> holder = SharedObject.Publish(Name(), 1.5);
        using SharedObject<double> handle = SharedObject.Open<double>(Name(), Locked);
        using (holder.EnterWriteLock())
        {
            Assert.False(handle.TryFetch(out _));
            Assert.False(handle.TryFetch(out _, Short));
            Assert.False(handle.TryAssign(2.5, Short));
            Assert.False(handle.TryTrigger(Short));
            Assert.Contains(Name(), Assert.Throws<SharedLockTimeoutException>(() => handle.Fetch(Short)).Message, StringComparison.Ordinal);
            Assert.Throws<SharedLockTimeoutException>(() => handle.Assign(2.5, Short));
            Assert.Throws<SharedLockTimeoutException>(() => handle.EnterWriteLock(Short).Dispose());
        }

        Assert.Equal(1.5, handle.Fetch()); // nothing that gave up has left a lock or a value behind
        handle.Assign(2.5);
        Assert.Equal(2.5, holder.Fetch());
    }

    [Fact]
    public async Task A_waiting_call_gets_the_lock_when_the_holder_lets_go()
    {
        using SharedObject<double> holder = SharedObject.Publish(Name(), 1.5);
        using SharedObject<double> handle = SharedObject.Open<double>(Name(), Locked);
        foreach (TimeSpan timeout in new[] { TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan })
        {
            Task<double> fetch;
            using (holder.EnterWriteLock())
            {
                fetch = Task.Factory.StartNew(() => handle.Fetch(timeout), TaskCreationOptions.LongRunning);
                Until(() => FlockWaiters(Name()) > 0);
                Assert.False(fetch.IsCompleted);
            }

            Assert.Equal(1.5, await fetch);
        }
    }

    [Fact]
    public async Task Cancelling_ends_a_wait_for_the_lock()
    {
        using SharedObject<double> holder = SharedObject.Publish(Name(), 1.5);
        using SharedObject<double> handle = SharedObject.Open<double>(Name(), Locked);
        using var cancel = new CancellationTokenSource();
        Task<double> fetch;
        Task<bool> assign;
        using (holder.EnterWriteLock())
        {
            fetch = Task.Factory.StartNew(() => handle.Fetch(Timeout.InfiniteTimeSpan, cancel.Token), TaskCreationOptions.LongRunning);
            Until(() => FlockWaiters(Name()) > 0);
            // A second thread waits in the handle's own gate, behind the first.
            assign = Task.Factory.StartNew(() => handle.TryAssign(3, Timeout.InfiniteTimeSpan, cancel.Token), TaskCreationOptions.LongRunning);
            cancel.Cancel();
            Until(() => fetch.IsCompleted && assign.IsCompleted);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => assign);

        Assert.Throws<OperationCanceledException>(() => handle.Fetch(Short, cancel.Token));
        Assert.Equal(1.5, handle.Fetch());
    }

    [Fact]
    public void Calls_that_time_out_over_and_over_leave_one_waiter_and_no_descriptors()
    {
        using SharedObject<double> holder = SharedObject.Publish(Name(), 1.5);
        using SharedObject<double> handle = SharedObject.Open<double>(Name(), Locked);
        using (holder.EnterWriteLock())
        {
            for (int i = 0; i < 20; i++)
            {
                Assert.False(handle.TryFetch(out _, TimeSpan.FromMilliseconds(5)));
            }

            Assert.Equal(1, FlockWaiters(Name()));
            Assert.Equal(3, OpenDescriptors(Name())); // the two handles', and the waiter's
        }

        Until(() => OpenDescriptors(Name()) == 2); // the waiter gets the lock, finds nobody waiting, and is gone
        using (handle.EnterWriteLock())
        {
            Assert.False(holder.TryAssign(1));
        }
    }

    [Fact]
    public async Task A_wait_that_was_given_up_is_taken_up_again()
    {
        using SharedObject<double> holder = SharedObject.Publish(Name(), 1.5);
        using SharedObject<double> handle = SharedObject.Open<double>(Name(), Locked);
        Task<double> fetch;
        using (holder.EnterWriteLock())
        {
            Assert.False(handle.TryFetch(out _, Short));
            fetch = Task.Factory.StartNew(() => handle.Fetch(TimeSpan.FromMinutes(1)), TaskCreationOptions.LongRunning);
            Until(() => FlockWaiters(Name()) == 1);
        }

        Assert.Equal(1.5, await fetch);
        Assert.True(holder.TryAssign(2, TimeSpan.FromMinutes(1))); // and its lock was let go
    }

    [Fact]
    public async Task Threads_of_one_handle_exclude_each_other()
    {
        const int Threads = 8, Rounds = 500;
        using SharedObject<long> handle = SharedObject.Publish(Name(), 0L);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    using (handle.EnterWriteLock(TimeSpan.FromMinutes(1)))
                    {
                        handle.Assign(handle.Fetch() + 1);
                    }
                }
            },
            TaskCreationOptions.LongRunning)));
        Assert.Equal(Threads * Rounds, handle.Fetch());
    }

    [Fact]
    public async Task Handles_of_several_threads_exclude_each_other()
    {
        const int Threads = 4, Rounds = 500;
        using SharedObject<long> first = SharedObject.Publish(Name(), 0L);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using SharedObject<long> handle = SharedObject.Open<long>(Name());
                for (int i = 0; i < Rounds; i++)
                {
                    using (handle.EnterWriteLock(TimeSpan.FromMinutes(1)))
                    {
                        handle.Assign(handle.Fetch() + 1);
                    }
                }
            },
            TaskCreationOptions.LongRunning)));
        Assert.Equal(Threads * Rounds, first.Fetch());
    }

    [Fact]
    public void Calls_inside_a_scope_join_it()
    {
        using SharedObject<double> handle = SharedObject.Publish(Name(), 1.5);
        using (handle.EnterWriteLock())
        {
            Assert.Equal(1.5, handle.Fetch());
            handle.Assign(2.5).Trigger();
            using (handle.EnterReadLock())
            {
                Assert.Equal(2.5, handle.Fetch());
            }

            handle.Assign(3.5); // the inner scope has not ended the outer one's lock
        }

        using (handle.EnterReadLock())
        {
            Assert.Equal(3.5, handle.Fetch());
            Assert.Throws<SharedReentrancyException>(() => handle.Assign(4.5));
            Assert.Throws<SharedReentrancyException>(() => handle.EnterWriteLock().Dispose());
        }

        Assert.Equal(3.5, handle.Fetch());
    }

    [Fact]
    public void A_callback_that_calls_its_own_handle_throws_instead_of_waiting_for_itself()
    {
        using SharedArray<double> array = SharedArray<double>.OpenOrCreate(Name(), [3]);
        Assert.Throws<SharedReentrancyException>(() => array.Fetch(_ => array.Fetch().FlattenedLength));
        Assert.Throws<SharedReentrancyException>(() => array.Fetch(_ => array.Assign([1, 2, 3])));
        Assert.Throws<SharedReentrancyException>(() => array.Update(_ => array.Assign([1, 2, 3])));
        Assert.Throws<SharedReentrancyException>(() => array.Update(_ => array.EnterReadLock().Dispose()));
        using (array.EnterWriteLock())
        {
            Assert.Throws<SharedReentrancyException>(() => array.Fetch(_ => array.Fetch().FlattenedLength));
            array.Assign([4, 5, 6]); // the scope is as it was
        }

        Assert.Equal(4, array.Fetch(view => view[0]));
    }

    [Fact]
    public void A_callback_that_throws_lets_go_of_the_lock()
    {
        using var peer = new PythonPeer();
        using SharedArray<double> array = SharedArray<double>.OpenOrCreate(Name(), [3]);
        Assert.Throws<InvalidTimeZoneException>(() => array.Fetch<int>(_ => throw new InvalidTimeZoneException()));
        Assert.Throws<InvalidTimeZoneException>(() => array.Update(_ => throw new InvalidTimeZoneException()));
        Assert.True(peer.CanLock(Name()));
        Assert.Equal(3, array.Fetch().FlattenedLength);
    }

    [Fact]
    public async Task Disposing_while_others_read_is_safe()
    {
        for (int round = 0; round < 50; round++)
        {
            using SharedArray<byte> first = SharedArray<byte>.OpenOrCreate(Name(), [100_000]);
            SharedArray<byte> handle = SharedArray<byte>.Open(Name());
            using var started = new CountdownEvent(3);
            Task[] readers = [.. Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    byte[] buffer = new byte[100_000];
                    started.Signal();
                    while (true)
                    {
                        bool isNew = handle.Modified;
                        handle.FetchInto(buffer);
                        buffer[0] = isNew ? (byte)1 : (byte)0;
                    }
                },
                TaskCreationOptions.LongRunning))];
            started.Wait();
            handle.Dispose();
            foreach (Task reader in readers)
            {
                await Assert.ThrowsAsync<ObjectDisposedException>(() => reader);
            }
        }
    }

    [Fact]
    public void Dropped_handles_leave_no_descriptors_and_no_mappings()
    {
        using SharedArray<byte> first = SharedArray<byte>.OpenOrCreate(Name(), [10]);
        OpenAndForget();
        Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return OpenDescriptors(Name()) == 1 && Mappings(Name()) == 1;
        });

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        void OpenAndForget()
        {
            for (int i = 0; i < 100; i++)
            {
                SharedArray<byte> handle = SharedArray<byte>.Open(Name());
                if (i % 2 == 0)
                {
                    handle.Dispose();
                }
            }
        }
    }

    /// <summary>How many waiters the kernel has queued for the lock of a segment (proc_locks(5): lines with an arrow).</summary>
    private static int FlockWaiters(string name)
    {
        string inode = $":{InodeOf(name)} ";
        return File.ReadLines("/proc/locks").Count(line => line.Contains("->", StringComparison.Ordinal) && line.Contains(inode, StringComparison.Ordinal));
    }

    // Counted by inode, as a segment that was made unnamed keeps its nameless look in /proc.
    private static int OpenDescriptors(string name)
    {
        ulong inode = InodeOf(name);
        return Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Count(path => Mono.Unix.Native.Syscall.stat(path, out Mono.Unix.Native.Stat status) == 0 && status.st_ino == inode);
    }

    private static int Mappings(string name)
    {
        string inode = $"{InodeOf(name)}";
        return File.ReadLines("/proc/self/maps")
            .Count(line => line.Contains("/dev/shm/", StringComparison.Ordinal) && line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4] == inode);
    }

    private static ulong InodeOf(string name)
    {
        Assert.Equal(0, Mono.Unix.Native.Syscall.stat(Segments.Path(name), out Mono.Unix.Native.Stat status));
        return status.st_ino;
    }
}
