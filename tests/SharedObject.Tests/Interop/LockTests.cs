using System;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Interop;

/// <summary>The lock that processes share: <c>flock</c> on the segment, taken and respected by both sides.</summary>
public sealed class LockTests(PeerFixture fixture) : PeerTest(fixture)
{
    /// <summary>Reads take the lock too; LockFree/ has what holds where they do not.</summary>
    private static readonly SharedObjectOptions Locked = new() { LockFreeReads = false };

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void While_Python_holds_the_writers_lock_nothing_here_gets_through()
    {
        using SharedObject<long> here = SharedObject.Create(Name(), 1L, Locked);
        byte[] before = ObjectBytes.Of(here);
        LockThere("ex");
        Assert.False(here.TryFetch(out _));
        Assert.False(here.TryFetch(out _, Short));
        Assert.False(here.TryAssign(2));
        Assert.False(here.TryAssign(2, Short));
        Assert.False(here.TryTrigger(Short));
        AssertTimedOut(() => here.Fetch(Short), "readers' lock");
        AssertTimedOut(() => here.Assign(2, Short), "writer's lock");
        AssertTimedOut(() => here.Trigger(Short), "writer's lock");
        AssertTimedOut(() => here.EnterReadLock(Short).Dispose(), "readers' lock");
        AssertTimedOut(() => here.EnterWriteLock(Short).Dispose(), "writer's lock");
        Assert.False(here.Modified); // takes no lock

        Unlock();
        Assert.Equal(before, ObjectBytes.Of(here));
        Assert.Equal(1L, here.Fetch());
        here.Assign(2);
        AssertSame(2L, Peer.Fetch("there"));
        Close("there");
    }

    [Fact]
    public void While_Python_holds_the_writers_lock_an_array_and_an_untyped_object_wait_too()
    {
        using SharedArray<byte> array = SharedArray<byte>.OpenOrCreate(Name(), [8192], Locked);
        using SharedObject<object?> any = SharedObject.OpenAny(Name(), Locked);
        LockThere("ex");
        byte[] elements = new byte[8192];
        Assert.False(array.TryFetchInto(elements));
        Assert.False(array.TryAssign(elements, Short));
        AssertTimedOut(() => array.FetchInto(elements, Short), "readers' lock");
        AssertTimedOut(() => array.Fetch(static view => view.FlattenedLength, Short), "readers' lock");
        AssertTimedOut(() => array.Assign(elements, Short), "writer's lock");
        Assert.False(any.TryFetch(out _, Short));
        AssertTimedOut(() => any.Fetch(Short), "readers' lock");
        Unlock();
        Close("there");
    }

    [Fact]
    public void While_Python_holds_the_readers_lock_fetches_pass_and_assigns_do_not()
    {
        using SharedObject<long> here = SharedObject.Create(Name(), 1L, Locked);
        LockThere("sh");
        Assert.Equal(1L, here.Fetch());
        Assert.True(here.TryFetch(out long value));
        Assert.Equal(1L, value);
        Assert.False(here.TryAssign(2, Short));
        AssertTimedOut(() => here.Assign(2, Short), "writer's lock");
        Assert.Equal(1L, here.Fetch());
        Unlock();
        Close("there");
    }

    [Fact]
    public void A_handle_opens_only_when_the_writer_lets_go()
    {
        using SharedObject<long> made = SharedObject.Create(Name(), 1L, Locked);
        LockThere("ex");
        var options = new SharedObjectOptions { LockTimeout = Short };
        AssertTimedOut(() => SharedObject.Open<long>(Name(), options).Dispose(), "readers' lock");
        Unlock();
        using SharedObject<long> here = SharedObject.Open<long>(Name(), options);
        Assert.Equal(1L, here.Fetch());
        Close("there");
    }

    [Fact]
    public async Task A_fetch_that_waits_goes_on_when_Python_unlocks()
    {
        using SharedObject<long> here = SharedObject.Create(Name(), 1L, Locked with { LockTimeout = Timeout.InfiniteTimeSpan });
        LockThere("ex");
        Task<long> unbounded = Background.Run(() => here.Fetch());
        using SharedObject<long> other = SharedObject.OpenOrCreate(Name("other"), 0L);
        Task<long> bounded = Background.Run(() =>
        {
            using SharedObject<long> second = SharedObject.Open<long>(Name(), Locked with { LockTimeout = TimeSpan.FromMinutes(1) });
            return second.Fetch(TimeSpan.FromMinutes(1));
        });
        Assert.Equal(0L, other.Fetch()); // another object is not held up
        Assert.False(unbounded.IsCompleted);
        Assert.False(bounded.IsCompleted);
        Unlock();
        Assert.Equal(1L, await unbounded);
        Assert.Equal(1L, await bounded);
        Close("there");
    }

    [Fact]
    public void A_wait_that_is_cancelled_ends()
    {
        using SharedObject<long> here = SharedObject.Create(Name(), 1L, Locked);
        LockThere("ex");
        using var cancellation = new CancellationTokenSource();
        cancellation.CancelAfter(Short);
        Assert.ThrowsAny<OperationCanceledException>(() => here.Fetch(Timeout.InfiniteTimeSpan, cancellation.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => here.Assign(2, Timeout.InfiniteTimeSpan, cancellation.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => here.TryFetch(out _, Short, cancellation.Token));
        Unlock();
        Assert.Equal(1L, here.Fetch());
        Close("there");
    }

    [Fact]
    public void While_the_writers_lock_is_held_here_Python_gets_neither()
    {
        using SharedObject<long> here = SharedObject.Create(Name(), 1L, Locked);
        using (here.EnterWriteLock())
        {
            Assert.False(Peer.CanLock(Name(), "ex"));
            Assert.False(Peer.CanLock(Name(), "sh"));
            here.Assign(here.Fetch() + 1); // joins the lock
            Assert.False(Peer.CanLock(Name(), "sh"));
        }

        Assert.True(Peer.CanLock(Name(), "ex"));
        Assert.Equal(2L, here.Fetch());
    }

    [Fact]
    public void While_the_readers_lock_is_held_here_Python_reads_but_does_not_write()
    {
        using SharedObject<long> here = SharedObject.Create(Name(), 1L, Locked);
        Peer.Open("there", Name());
        using (here.EnterReadLock())
        {
            Assert.False(Peer.CanLock(Name(), "ex"));
            Assert.True(Peer.CanLock(Name(), "sh"));
            AssertSame(1L, Peer.Fetch("there"));
            Assert.Equal(1L, here.Fetch());
            Assert.False(Peer.CanLock(Name(), "ex"));
        }

        Assert.True(Peer.CanLock(Name(), "ex"));
        Close("there");
    }

    [Fact]
    public void A_callback_runs_under_the_readers_lock_and_an_update_under_the_writers()
    {
        using SharedArray<byte> here = SharedArray<byte>.OpenOrCreate(Name(), [16]);
        Assert.Equal((false, true), here.Fetch(_ => (Peer.CanLock(Name(), "ex"), Peer.CanLock(Name(), "sh"))));
        here.Update(_ => Assert.False(Peer.CanLock(Name(), "sh")));
        Assert.True(Peer.CanLock(Name(), "ex"));
        Assert.Throws<InvalidOperationException>(() => here.Fetch<int>(_ => throw new InvalidOperationException()));
        Assert.Throws<InvalidOperationException>(() => here.Update(_ => throw new InvalidOperationException()));
        Assert.True(Peer.CanLock(Name(), "ex"));
    }

    [Fact]
    public void An_idle_handle_leaves_the_lock_free()
    {
        using SharedObject<object?> created = SharedObject.Create<object?>(Name(), new SharedDict { { "text", "x" }, { "n", 1L } });
        Assert.True(Peer.CanLock(Name()), "after Create");
        using SharedObject<object?> opened = SharedObject.OpenAny(Name());
        Assert.True(Peer.CanLock(Name()), "after Open");
        opened.Fetch();
        Assert.True(Peer.CanLock(Name()), "after Fetch");
        opened.Assign(new SharedDict { { "text", "y" }, { "n", 2L } });
        Assert.True(Peer.CanLock(Name()), "after Assign");
        opened.Trigger();
        Assert.True(Peer.CanLock(Name()), "after Trigger");
        Assert.Throws<SharedValueException>(() => opened.Assign(1L));
        Assert.True(Peer.CanLock(Name()), "after an Assign that failed");
        Assert.Throws<SharedSchemaException>(() => SharedObject.Open<long>(Name()));
        Assert.True(Peer.CanLock(Name()), "after an Open that failed");
        _ = opened.Modified | opened.Triggered;
        _ = opened.Timestamp;
        opened.Dispose();
        Assert.True(Peer.CanLock(Name()), "after Dispose");
    }

    [Fact]
    public void Calls_that_timed_out_leave_the_lock_free_in_the_end()
    {
        using SharedObject<long> here = SharedObject.Create(Name(), 1L, Locked);
        for (int i = 0; i < 5; i++)
        {
            LockThere("ex");
            Assert.False(here.TryFetch(out _, Short));
            Assert.False(here.TryAssign(2, Short));
            Unlock();
            // A wait that was given up is granted now, and lets go at once.
            Until(() => Peer.CanLock(Name()));
            Assert.Equal(1L, here.Fetch());
            Assert.True(here.TryAssign(1, TimeSpan.FromMinutes(1)));
            Close("there");
        }

        Until(() => Peer.CanLock(Name()));
    }

    [Fact]
    public void A_process_that_dies_with_the_lock_lets_it_go()
    {
        using SharedObject<long> here = SharedObject.Create(Name(), 1L, Locked);
        using (var dying = new PythonPeer())
        {
            dying.Open("a", Name());
            dying.Run("lock", ("handle", "a"), ("mode", "ex"));
            Assert.False(here.TryFetch(out _));
            dying.Kill();
        }

        Assert.Equal(1L, here.Fetch());
    }

    private void LockThere(string mode)
    {
        Peer.Open("there", Name());
        Peer.Run("lock", ("handle", "there"), ("mode", mode));
    }

    private void Unlock() => Peer.Run("unlock", ("handle", "there"));

    private void AssertTimedOut(Action action, string lockName)
    {
        SharedLockTimeoutException e = Assert.Throws<SharedLockTimeoutException>(action);
        Assert.Equal(Name(), e.ObjectName);
        Assert.Contains(lockName, e.Message, StringComparison.Ordinal);
        Assert.Contains("0.02 s", e.Message, StringComparison.Ordinal);
    }
}
