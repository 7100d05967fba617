using System;
using System.Globalization;
using Mono.Unix.Native;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Faults;

/// <summary>Who holds a lock for ever is named, whatever became of it.</summary>
public sealed class LockHolderTests : SegmentTest
{
    private const string Lock = """
        import fcntl, os, sys
        fd = os.open("/dev/shm/" + sys.argv[1], os.O_RDWR)
        fcntl.flock(fd, fcntl.LOCK_EX)
        """;

    private const string Wait = "\nprint(os.getpid())\nsys.stdin.read()\n";

    private static readonly SharedObjectOptions Impatient = new() { LockTimeout = TimeSpan.FromMilliseconds(20) };

    [Fact]
    public void A_process_that_works_on()
    {
        using SharedObject<double> handle = Make();
        using var script = new Script(Lock + Wait, Name());
        script.Hear();
        SharedLockTimeoutException e = Assert.Throws<SharedLockTimeoutException>(() => handle.Assign(2));
        SharedLockHolder holder = Assert.Single(e.Holders);
        Assert.Equal(script.Id, holder.ProcessId);
        Assert.StartsWith("python3", holder.Command, StringComparison.Ordinal);
        Assert.DoesNotContain("fcntl", holder.Command, StringComparison.Ordinal); // of a command line no more than names
        Assert.True(holder.IsWriter);
        Assert.False(holder.IsStopped);
        Assert.Contains($"python3 (pid {script.Id}, writer's lock)", e.Message, StringComparison.Ordinal);
        Assert.Contains(Name(), e.Message, StringComparison.Ordinal);
        Assert.Equal(1, handle.Fetch()); // reading needs no lock
    }

    [Fact]
    public void A_stopped_one_and_its_lock_is_free_when_it_is_killed()
    {
        using SharedObject<double> handle = Make();
        using var script = new Script(Lock + Wait, Name());
        script.Hear();
        script.Signal(Signum.SIGSTOP);
        SharedLockHolder? holder = null;
        Until(() => (holder = Assert.Single(Assert.Throws<SharedLockTimeoutException>(() => handle.Assign(2)).Holders)).IsStopped);
        Assert.Equal(script.Id, holder!.ProcessId);
        Assert.Contains("stopped", Assert.Throws<SharedLockTimeoutException>(() => handle.Trigger()).Message, StringComparison.Ordinal);
        script.Signal(Signum.SIGKILL);
        handle.Assign(3, TimeSpan.FromMinutes(1));
        Assert.Equal(3, handle.Fetch());
    }

    [Fact]
    public void One_that_waits_within_the_kernel_is_named_without_asking_its_memory()
    {
        using SharedObject<double> handle = Make();
        string fifo = "/dev/shm/" + Name("fifo");

        // Until the child has got to its program, which opening the FIFO keeps it from, its parent waits as for a disk.
        const string Spawn = """

            open("/proc/self/comm", "w").write("stuck")
            fifo = "/dev/shm/" + sys.argv[1][:-1] + "fifo"
            os.mkfifo(fifo)
            print(os.getpid(), flush=True)
            os.posix_spawn("/bin/true", ["true"], {}, file_actions=[(os.POSIX_SPAWN_OPEN, 0, fifo, os.O_RDONLY, 0)])
            """;
        using var script = new Script(Lock + Spawn + Wait, Name());
        script.Hear();
        Until(() => System.IO.File.ReadAllText($"/proc/{script.Id}/stat").Contains(") D ", StringComparison.Ordinal));
        try
        {
            SharedLockHolder holder = Assert.Single(Assert.Throws<SharedLockTimeoutException>(() => handle.Assign(2)).Holders);
            Assert.Equal((script.Id, "stuck", false), (holder.ProcessId, holder.Command, holder.IsStopped));
        }
        finally
        {
            Assert.Equal(0, Syscall.close(Syscall.open(fifo, OpenFlags.O_WRONLY)));
        }
    }

    [Fact]
    public void A_plain_process_in_which_a_fetch_raised()
    {
        using SharedObject<double> handle = Make();
        const string Raised = """
            import fcntl, os, sys
            fd = os.open("/dev/shm/" + sys.argv[1], os.O_RDWR)
            def fetch(fn):
                fcntl.flock(fd, fcntl.LOCK_SH)
                fn()
                fcntl.flock(fd, fcntl.LOCK_UN)
            try:
                fetch(lambda: 1 / 0)
            except ZeroDivisionError:
                pass
            """;
        using var script = new Script(Raised + Wait, Name());
        script.Hear();
        SharedLockHolder holder = Assert.Single(Assert.Throws<SharedLockTimeoutException>(() => handle.Assign(2)).Holders);
        Assert.Equal(script.Id, holder.ProcessId);
        Assert.False(holder.IsWriter);
    }

    [Fact]
    public void A_forked_child_that_has_inherited_it_from_a_process_that_ended()
    {
        using SharedObject<double> handle = Make();
        using var script = new Script(Lock + "\nif os.fork():\n    os._exit(0)" + Wait, Name());
        int child = int.Parse(script.Hear(), CultureInfo.InvariantCulture);
        script.WaitForExit();
        SharedLockHolder holder = Assert.Single(Assert.Throws<SharedLockTimeoutException>(() => handle.Assign(2)).Holders);
        Assert.Equal(child, holder.ProcessId);
        Assert.NotEqual(script.Id, child);
        Assert.NotNull(holder.Command);
        Assert.Equal(0, Syscall.kill(child, Signum.SIGKILL));
        handle.Assign(3, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Several_readers_and_another_handle_of_this_process()
    {
        using SharedObject<double> handle = Make();
        using SharedObject<double> other = SharedObject.Open<double>(Name());
        using SharedLockScope scope = other.EnterReadLock();
        using var script = new Script(Lock.Replace("LOCK_EX", "LOCK_SH", StringComparison.Ordinal) + Wait, Name());
        script.Hear();
        SharedLockTimeoutException e = Assert.Throws<SharedLockTimeoutException>(() => handle.Assign(2));
        Assert.Equal(2, e.Holders.Count);
        Assert.Contains(e.Holders, holder => holder.ProcessId == Environment.ProcessId && !holder.IsWriter);
        Assert.Contains(e.Holders, holder => holder.ProcessId == script.Id);
        Assert.Contains("of this process", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void While_it_is_opened_too()
    {
        Make().Dispose();
        using var script = new Script(Lock + Wait, Name());
        script.Hear();
        Assert.Equal(script.Id, Assert.Single(Assert.Throws<SharedLockTimeoutException>(() => SharedObject.Open<double>(Name(), Impatient)).Holders).ProcessId);
    }

    [Fact]
    public void The_locks_of_other_objects_and_those_who_wait_are_not_counted()
    {
        using SharedObject<double> handle = Make();
        SharedObject.Publish(Name("other"), 1.0).Dispose();
        using var script = new Script(Lock + Wait, Name());
        script.Hear();
        using var other = new Script(Lock + Wait, Name("other"));
        other.Hear();
        using var waiter = new Script("import os, sys\nprint(os.getpid())\n" + Lock + Wait, Name());
        waiter.Hear();
        Until(() => System.IO.File.ReadAllText($"/proc/{waiter.Id}/stat").Contains(") S ", StringComparison.Ordinal));
        Assert.Equal(script.Id, Assert.Single(Assert.Throws<SharedLockTimeoutException>(() => handle.Assign(2)).Holders).ProcessId);
    }

    private SharedObject<double> Make() => SharedObject.Create(Name(), 1.0, Impatient);
}
