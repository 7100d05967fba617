using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Mono.Unix.Native;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.LockFree;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Faults;

/// <summary>
/// What becomes of a lock that is granted to one who waits no more, of one whose open file others have inherited, and of a wait for which
/// there is no thread.
/// </summary>
public sealed class AbandonedWaitTests : SegmentTest
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_thread_that_is_interrupted_while_it_waits_leaves_no_lock()
    {
        using SharedObject<double> handle = Open();
        using var raw = new RawSegment(Name(), 17);
        Assert.True(raw.TryLockExclusive());
        Exception? ended = null;
        var waiting = new Thread(() => ended = Record.Exception(() => handle.Assign(2, Long)));
        waiting.Start();
        Until(() => Descriptors().Count == 3); // another thread waits for it, with a descriptor of its own
        waiting.Interrupt();
        waiting.Join();
        Assert.IsType<ThreadInterruptedException>(ended);
        raw.Unlock();
        Until(() => Descriptors().Count == 2); // that one has got the lock, and has nobody to give it to
        Assert.True(raw.TryLockExclusive());
        raw.Unlock();
        Assert.Equal(3, handle.Assign(3, Long).Fetch());
    }

    [Fact]
    public void A_thread_that_is_interrupted_while_it_waits_for_another_of_the_handle_keeps_no_third_one_waiting()
    {
        const int Rounds = 100; // of which most fail where its wake-up is not passed on
        using SharedObject<double> handle = Open();
        for (int round = 0; round < Rounds; round++)
        {
            var interrupted = new Thread(() => Record.Exception(() => handle.EnterWriteLock(Timeout.InfiniteTimeSpan).Dispose()));
            var other = new Thread(() => Record.Exception(() => handle.EnterWriteLock(Timeout.InfiniteTimeSpan).Dispose()));
            using (handle.EnterWriteLock())
            {
                foreach (Thread thread in new[] { interrupted, other })
                {
                    thread.Start();
                    Until(() => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
                }

                interrupted.Interrupt();
            }

            interrupted.Join();
            Assert.True(other.Join(Long));
        }
    }

    [Fact]
    public async Task A_lock_that_was_waited_for_is_let_go_also_where_a_forked_child_has_its_open_file()
    {
        using SharedObject<double> handle = Open();
        using var raw = new RawSegment(Name(), 17);
        Assert.True(raw.TryLockExclusive());
        using var entered = new ManualResetEventSlim();
        using var inherited = new ManualResetEventSlim();
        Task waiting = Background.Run(() =>
        {
            using SharedLockScope scope = handle.EnterWriteLock(Long);
            entered.Set();
            inherited.Wait();
        });
        Until(() => Descriptors().Count == 3);
        raw.Unlock();
        entered.Wait();

        // What fork(2) does, without a process: more descriptors of the same open files. They stay after those that they are of.
        List<int> copies = [.. Descriptors().Select(descriptor => Syscall.dup(descriptor))];
        try
        {
            inherited.Set();
            await waiting;
            Assert.True(raw.TryLockExclusive());
        }
        finally
        {
            copies.ForEach(copy => _ = Syscall.close(copy));
        }
    }

    /// <remarks>Another thread blocks in the kernel where a wait has an end. Only root can become the user whom the system gives none.</remarks>
    [Fact]
    public void Where_no_more_threads_are_to_be_had_a_wait_ends_in_time_and_nothing_is_left_of_it()
    {
        Assert.True(Syscall.geteuid() == 0, "This test becomes another user: run it as root (in a container).");
        Assert.Contains("no-threads: OK", StressProgramTests.Run("no-threads", "65534"), StringComparison.Ordinal);
    }

    /// <summary>A handle whose descriptor has the object's name in /proc: one that has made its object has not.</summary>
    private SharedObject<double> Open()
    {
        SharedObject.Publish(Name(), 1.0).Dispose();
        return SharedObject.Open<double>(Name());
    }

    /// <summary>This process's descriptors of the object.</summary>
    private List<int> Descriptors() => [.. new DirectoryInfo("/proc/self/fd").EnumerateFiles()
        .Where(file => file.LinkTarget?.Contains(Name(), StringComparison.Ordinal) == true)
        .Select(file => int.Parse(file.Name, System.Globalization.CultureInfo.InvariantCulture))];
}
