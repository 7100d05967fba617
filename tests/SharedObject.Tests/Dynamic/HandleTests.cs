using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Hunt;
using SharedObjects.Tests.Schemas;

namespace SharedObjects.Tests.Dynamic;

/// <summary>The ways to a dynamic object, and what it has in common with other objects: triggers, waits, and moving.</summary>
public sealed class HandleTests : DynamicTest
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);

    [Fact]
    public async Task It_is_opened_and_made_as_others_are()
    {
        Assert.Throws<SharedNotFoundException>(() => SharedDynamicObject.Open(Name()));
        Task<SharedDynamicObject> waiting = SharedDynamicObject.OpenAsync(Name());
        using SharedDynamicObject made = SharedDynamicObject.OpenOrCreate(Name(), "first");
        using SharedDynamicObject awaited = await waiting;
        Assert.Throws<SharedExistsException>(() => SharedDynamicObject.Create(Name(), "second"));
        using SharedDynamicObject opened = SharedDynamicObject.OpenOrCreate(Name(), "second");
        Assert.Equal("first", opened.Fetch());
        using SharedDynamicObject published = SharedDynamicObject.Publish(Name(), new byte[100_000]);
        Assert.True(awaited.Modified);
        Assert.Equal(new byte[100_000], awaited.Fetch());
        using SharedDynamicObject publishedNew = SharedDynamicObject.Publish(Name("y"), 1.5);
        Assert.Equal(1.5, publishedNew.Fetch());
        Assert.Throws<SharedNameException>(() => SharedDynamicObject.Create("a/b"));
        made.Dispose();
        Assert.Throws<ObjectDisposedException>(() => made.Fetch());
        Assert.Throws<ObjectDisposedException>(() => made.Assign(1));
        Assert.Throws<ObjectDisposedException>(() => made.Capacity);
    }

    [Fact]
    public async Task Handles_of_other_kinds_refuse_it_and_say_what_to_use()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), 1.5);
        var actions = new List<Action>
        {
            () => SharedObject.Open<double>(Name()),
            () => SharedObject.OpenAny(Name()),
            () => SharedObject.Open<SharedDict>(Name()),
            () => SharedObject.Open<byte[]>(Name()),
            () => SharedObject.OpenOrCreate(Name(), 1.5),
            () => SharedObject.Publish(Name(), 1.5),
            () => SharedObject.Publish<object?>(Name(), 1.5),
            () => SharedArray<byte>.Open(Name()),
            () => SharedArray<byte>.OpenOrCreate(Name(), [128]),
            () => Large.Open(Name()),
        };
        foreach (Action action in actions)
        {
            Assert.Contains(nameof(SharedDynamicObject), Assert.Throws<SharedSchemaException>(action).Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<SharedSchemaException>(() => SharedObject.OpenAsync<double>(Name()));
        Assert.Equal(1.5, handle.Fetch());
        Assert.False(handle.Modified);
    }

    [Fact]
    public void It_refuses_objects_of_other_kinds()
    {
        using SharedObject<double> ordinary = SharedObject.Create(Name(), 1.5);
        foreach (Action action in new Action[]
        {
            () => SharedDynamicObject.Open(Name()),
            () => SharedDynamicObject.OpenOrCreate(Name(), 1.5),
            () => SharedDynamicObject.Publish(Name(), 1.5),
        })
        {
            SharedSchemaException e = Assert.Throws<SharedSchemaException>(action);
            Assert.Contains("expected dynamic object, found float", e.Message, StringComparison.Ordinal);
        }

        Assert.Equal(1.5, ordinary.Fetch());
    }

    [Fact]
    public void A_trigger_mounts_it_and_it_is_triggered()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), 1.5);
        using SharedTrigger trigger = SharedTrigger.Open(Name());
        trigger.Trigger();
        Assert.True(handle.Triggered);
        Assert.Equal(1.5, handle.Fetch());
        handle.Trigger();
        Assert.True(trigger.Triggered);
        Assert.True(handle.Triggered);
        Assert.False(handle.Triggered);
        handle.Assign(new byte[100_000]);
        Assert.True(trigger.Triggered);
        Assert.True(handle.TryTrigger(TimeSpan.Zero));
        Assert.True(trigger.Wait(TimeSpan.Zero));
    }

    [Fact]
    public async Task The_next_value_is_waited_for_whatever_it_is()
    {
        using SharedDynamicObject writer = SharedDynamicObject.Create(Name(), 1L);
        using SharedDynamicObject reader = SharedDynamicObject.Open(Name());
        Assert.False(reader.TryFetchNext(out _, Short));
        Assert.Throws<SharedSilenceException>(() => reader.FetchNext(Short));
        ValueTask<object?> next = reader.FetchNextAsync();
        writer.Assign("text");
        Assert.Equal("text", await next);
        var thread = new Thread(() => writer.Assign(new byte[1_000_000]));
        thread.Start();
        Assert.Equal(new byte[1_000_000], reader.FetchNext());
        thread.Join();
        Assert.Equal(new byte[1_000_000], reader.FetchFresh(TimeSpan.FromHours(1)));
        Assert.True(reader.TryFetchFresh(out _, TimeSpan.FromHours(1)));
        Assert.Throws<SharedStaleException>(() => reader.FetchFresh(TimeSpan.FromTicks(-1)));
        Assert.False(reader.TryFetchFresh(out _, TimeSpan.FromTicks(-1)));

        int number = 1;
        await foreach (object? value in reader.WatchAsync(new SharedWatchOptions { StartWithCurrent = true }))
        {
            if (number > 1)
            {
                Assert.Equal(number, Certified.NumberOf(value));
            }

            if (++number > 12)
            {
                break;
            }

            writer.Assign(Certified.Make(number, 1 << (number + 10)));
        }
    }

    [Fact]
    public async Task It_is_waited_for_among_others()
    {
        using SharedDynamicObject writer = SharedDynamicObject.Create(Name(), 1L);
        using SharedDynamicObject reader = SharedDynamicObject.Open(Name());
        using SharedObject<double> ordinary = SharedObject.Create(Name("o"), 1.5);
        SharedHandle[] all = [ordinary, reader];
        Assert.Null(SharedWait.Any(all, Short));
        Task<SharedHandle> any = SharedWait.AnyAsync(all).AsTask();
        writer.Assign(new byte[1_000_000]);
        Assert.Same(reader, await any);
        Assert.Same(reader, SharedWait.Any(all, Timeout.InfiniteTimeSpan)); // it was not fetched
        Assert.Equal(new byte[1_000_000], reader.Fetch());
        Assert.Null(SharedWait.Any(all, Short));
    }

    [Fact]
    public async Task Waits_and_streams_go_on_with_one_that_is_made_anew()
    {
        using SharedDynamicObject first = SharedDynamicObject.Create(Name(), Certified.Make(1, 100_000));
        using SharedDynamicObject reader = SharedDynamicObject.Open(Name());
        await using IAsyncEnumerator<object?> values = reader.WatchAsync(new SharedWatchOptions { StartWithCurrent = true }).GetAsyncEnumerator();
        Assert.True(await values.MoveNextAsync());
        Assert.Equal(1, Certified.NumberOf(values.Current));
        for (int number = 2; number < 6; number++)
        {
            ValueTask<bool> next = values.MoveNextAsync();
            SharedObject.Unlink(Name());
            using SharedDynamicObject again = SharedDynamicObject.Create(Name(), Certified.Make(number, number * 50_000));
            Assert.True(await next);
            Assert.Equal(number, Certified.NumberOf(values.Current));
            Assert.False(reader.IsStale);
        }

        SharedObject.Unlink(Name());
        using SharedObject<double> ordinary = SharedObject.Create(Name(), 1.5);
        await Assert.ThrowsAsync<SharedSchemaException>(() => values.MoveNextAsync().AsTask());
        Assert.True(reader.IsStale);
    }

    [Fact]
    public void An_owner_who_has_asked_for_it_has_the_name_back_with_the_next_write()
    {
        using SharedDynamicObject owner = SharedDynamicObject.Create(Name(), 1L, new SharedObjectOptions { Republish = true });
        owner.Unlink();
        for (int number = 2; !SharedObject.Exists(Name()); number++)
        {
            owner.Assign(Certified.Make(number, 100_000));
        }

        owner.Assign("last");
        using SharedDynamicObject found = SharedDynamicObject.Open(Name());
        Assert.Equal("last", found.Fetch());
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1_000_000)]
    public void Its_owner_makes_it_anew_with_its_whole_value(int size)
    {
        object value = Certified.Make(8, size);
        using SharedDynamicObject owner = SharedDynamicObject.Create(Name());
        owner.Assign(value);
        using SharedDynamicObject reader = SharedDynamicObject.Open(Name());
        long stamp = owner.Timestamp;
        owner.Unlink();
        Assert.True(owner.Republish());
        Assert.True(owner.IsLinked);
        Assert.Equal(stamp, owner.Timestamp);
        Assert.True(reader.IsStale);
        Assert.Equal(8, Certified.NumberOf(owner.Fetch()));
        Assert.True(reader.TryRemount());
        Assert.False(reader.Modified); // the same value
        Assert.Equal(8, Certified.NumberOf(reader.Fetch()));
        owner.Assign(Certified.Make(10, 2 * size));
        Assert.Equal(10, Certified.NumberOf(reader.Fetch()));
    }

    [Fact]
    public void Or_gives_its_value_to_the_one_that_somebody_else_has_made()
    {
        using SharedDynamicObject owner = SharedDynamicObject.Create(Name(), Certified.Make(8, 1_000_000));
        owner.Unlink();
        using SharedDynamicObject other = SharedDynamicObject.Create(Name(), "other");
        Assert.True(owner.Republish());
        Assert.Equal(8, Certified.NumberOf(other.Fetch()));
        owner.Assign(1);
        Assert.Equal(1, other.Fetch<int>());

        owner.Unlink();
        using SharedObject<double> ordinary = SharedObject.Create(Name(), 1.5);
        Assert.Throws<SharedSchemaException>(() => owner.Republish());
        Assert.Equal(1.5, ordinary.Fetch());
        Assert.Equal(1, owner.Fetch<int>());
    }

    [Fact]
    public void So_does_a_trigger_that_has_mounted_it()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), Certified.Make(8, 100_000));
        using SharedTrigger trigger = SharedTrigger.Open(Name());
        handle.Unlink();
        Assert.True(trigger.Republish());
        using SharedDynamicObject found = SharedDynamicObject.Open(Name());
        Assert.Equal(8, Certified.NumberOf(found.Fetch()));
    }

    [Fact]
    public void Lock_scopes_hold_for_several_values_and_growth()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), 1L);
        using SharedDynamicObject other = SharedDynamicObject.Open(Name());
        using (handle.EnterWriteLock())
        {
            handle.Assign((long)handle.Fetch()! + 1);
            handle.Assign(Certified.Make(8, 3_000_000));
            Assert.Equal(8, Certified.NumberOf(handle.Fetch()));
            Assert.False(other.TryAssign(5));
            Assert.Equal(8, Certified.NumberOf(other.Fetch())); // without the lock
        }

        using (handle.EnterReadLock())
        {
            Assert.Throws<SharedReentrancyException>(() => handle.Assign(1));
            Assert.False(other.TryAssign(5));
        }

        Assert.True(other.TryAssign(5));
    }

    [Fact]
    public void One_handle_is_used_by_many_threads_while_it_grows()
    {
        using SharedDynamicObject writer = SharedDynamicObject.Create(Name(), Certified.Make(1, 100));
        using SharedDynamicObject shared = SharedDynamicObject.Open(Name());
        bool done = false;
        Exception? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(i => new Thread(() =>
        {
            try
            {
                while (!Volatile.Read(ref done))
                {
                    long number = Certified.NumberOf(shared.Fetch());
                    if (i == 0 && number % 5 == 0)
                    {
                        shared.TryAssign(Certified.Make(number + 1, 10), TimeSpan.FromSeconds(5)); // by a mapping that may be the one of before
                    }
                }
            }
            catch (Exception e)
            {
                Volatile.Write(ref failure, e);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        for (int i = 2; i < 300 && failure is null; i++)
        {
            writer.Assign(Certified.Make(i, i * 5000));
            if (i % 10 == 0)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers(); // mappings that nobody has any more are unmapped now
            }
        }

        Volatile.Write(ref done, true);
        Array.ForEach(threads, thread => thread.Join());
        Assert.Null(failure);
    }
}
