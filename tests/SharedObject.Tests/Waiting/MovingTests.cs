using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Numerics.Tensors;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.LockFree;

namespace SharedObjects.Tests.Waiting;

/// <summary>A producer makes its object anew under the same name: waits and streams follow it, and nothing else of a handle changes.</summary>
public sealed class MovingTests(PeerFixture fixture) : PeerTest(fixture)
{
    private static readonly TimeSpan LongerThanItsStep = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(60), Never = Timeout.InfiniteTimeSpan;

    [Fact]
    public void A_handle_can_tell()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 0.5);
        Assert.Equal((true, false), (handle.IsLinked, handle.IsStale));
        Assert.False(handle.TryRemount());
        handle.Unlink();
        Assert.Equal((false, false), (handle.IsLinked, handle.IsStale));
        Assert.False(handle.TryRemount());
        using SharedObject<double> second = SharedObject.Create(Name(), 1.5);
        Assert.Equal((false, true), (handle.IsLinked, handle.IsStale));
        Assert.Equal(0.5, handle.Fetch());

        Assert.True(handle.TryRemount());
        Assert.Equal((true, false), (handle.IsLinked, handle.IsStale));
        Assert.True(handle.Modified);
        Assert.Equal(1.5, handle.Fetch());
        handle.Assign(2.5);
        Assert.Equal(2.5, second.Fetch());
        handle.Dispose();
        Assert.Throws<ObjectDisposedException>(() => handle.IsLinked);
        Assert.Throws<ObjectDisposedException>(() => handle.TryRemount());
    }

    [Theory]
    [InlineData(WaitStrategy.Block)]
    [InlineData(WaitStrategy.Spin)]
    public async Task Waits_follow(WaitStrategy strategy)
    {
        SharedObject<double> producer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> consumer = SharedObject.Open<double>(Name(), new SharedObjectOptions { WaitStrategy = strategy });
        List<SharedObjectEventKind> events = [], all = [];
        consumer.LinkChanged += (sender, args) =>
        {
            Assert.Same(consumer, sender);
            Assert.Equal(Name(), args.Name);
            events.Add(args.Kind);
        };
        void Collect(object? sender, SharedObjectEventArgs args)
        {
            if (sender == consumer)
            {
                all.Add(args.Kind);
            }
        }

        SharedObjectEvents.Raised += Collect;
        for (double value = 1; value < 6; value++)
        {
            Task<double> next = value % 2 == 0 ? Task.Run(async () => await consumer.FetchNextAsync()) : Background.Run(() => consumer.FetchNext());
            producer.Unlink();
            producer.Dispose();
            producer = SharedObject.Create(Name(), value);
            Assert.Equal(value, await next);
            Assert.True(consumer.IsLinked);
        }

        SharedObjectEvents.Raised -= Collect;
        producer.Dispose();
        Assert.Equal(5, events.Count(kind => kind == SharedObjectEventKind.Remounted));
        Assert.All(events, kind => Assert.True(kind is SharedObjectEventKind.Remounted or SharedObjectEventKind.Unlinked));
        Assert.Equal(events, all);
    }

    [Fact]
    public async Task A_name_that_is_gone_is_told_once_and_the_old_object_goes_on()
    {
        using SharedObject<double> producer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> consumer = SharedObject.Open<double>(Name());
        List<SharedObjectEventKind> events = [];
        consumer.LinkChanged += (_, args) => events.Add(args.Kind);
        producer.Unlink(); // as Python's resource tracker does, while all goes on
        Assert.False(consumer.Wait(Short));
        Assert.False(await consumer.WaitAsync(Short));
        Assert.Equal([SharedObjectEventKind.Unlinked], events);
        producer.Assign(1.5);
        Assert.Equal(1.5, consumer.FetchNext());
    }

    [Fact]
    public async Task A_stream_follows_a_plain_Python_producer()
    {
        PlainCreate(Name(), 0.5);
        using SharedObject<double> consumer = SharedObject.Open<double>(Name());
        await using IAsyncEnumerator<double> stream = consumer.WatchAsync().GetAsyncEnumerator();
        for (double value = 1; value < 5; value++)
        {
            ValueTask<bool> next = stream.MoveNextAsync();
            SharedObject.Unlink(Name());
            PlainCreate(Name(), 0.0, stopAfter: "truncate"); // caught half-way
            await Task.Delay(5);
            SharedObject.Unlink(Name());
            PlainCreate(Name(), value);
            Assert.True(await next);
            Assert.Equal(value, stream.Current);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_name_that_somebody_opened_before_its_producer_is_back_ends_no_stream(bool byPython)
    {
        using SharedObject<double> producer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> consumer = SharedObject.Open<double>(Name());
        await using IAsyncEnumerator<double> stream = consumer.WatchAsync().GetAsyncEnumerator();
        ValueTask<bool> next = stream.MoveNextAsync();
        producer.Unlink();
        if (byPython)
        {
            PlainCreate(Name(), null); // as Python's SharedObject(name)
        }
        else
        {
            SharedTrigger.OpenOrCreate(Name()).Dispose();
        }

        Assert.False(consumer.Wait(Short));
        Assert.False(consumer.TryRemount());
        Assert.True(consumer.IsStale);
        Assert.Throws<SharedSchemaException>(() => consumer.Republish());
        Assert.False(next.IsCompleted);
        SharedObject.Unlink(Name());
        PlainCreate(Name(), 1.5);
        Assert.True(await next);
        Assert.Equal(1.5, stream.Current);
    }

    [Fact]
    public async Task One_that_asked_not_to_stays_and_is_told_once()
    {
        using SharedObject<double> producer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> consumer = SharedObject.Open<double>(Name(), new SharedObjectOptions { Remount = false });
        List<SharedObjectEventKind> events = [];
        consumer.LinkChanged += (_, args) => events.Add(args.Kind);
        producer.Unlink();
        using SharedObject<double> second = SharedObject.Create(Name(), 1.5);
        Assert.False(consumer.Wait(Short));
        Assert.False(await consumer.WaitAsync(Short));
        Assert.Equal([SharedObjectEventKind.Replaced], events);
        producer.Assign(2.5);
        Assert.Equal(2.5, consumer.FetchNext());
        Assert.True(consumer.TryRemount()); // asked for
        Assert.Equal(1.5, consumer.FetchNext());
    }

    [Fact]
    public async Task One_of_another_type_is_an_error_and_the_handle_stays()
    {
        using SharedObject<double> producer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> consumer = SharedObject.Open<double>(Name());
        using SharedObject<Schemas.ArmState> record = Schemas.ArmState.OpenOrCreate(Name("arm"));
        producer.Unlink();
        SharedObject.Create(Name(), "a text").Dispose();
        Assert.Throws<SharedSchemaException>(() => consumer.Wait(Never));
        await Assert.ThrowsAsync<SharedSchemaException>(() => consumer.FetchNextAsync().AsTask());
        Assert.Throws<SharedSchemaException>(() => consumer.TryRemount());
        Assert.Equal(0.5, consumer.Fetch());
        record.Unlink();
        SharedObject.Create(Name("arm"), 5L).Dispose();
        await Assert.ThrowsAsync<SharedSchemaException>(() => record.FetchNextAsync().AsTask());

        SharedObject.Unlink(Name());
        File.WriteAllBytes(Support.Segments.Path(Name()), [1, 2, 3]);
        Assert.Throws<SharedFormatException>(() => consumer.Wait(Never));
        SharedObject.Unlink(Name());
        using SharedObject<double> right = SharedObject.Create(Name(), 1.5);
        Assert.Equal(1.5, consumer.FetchNext()); // none of it is for good
    }

    [Fact]
    public async Task Another_shape_or_capacity_is_taken_where_the_handle_has_not_fixed_it()
    {
        SharedArray<int>.Publish(Name("a"), [1, 2, 3], [3]).Dispose();
        using SharedArray<int> anyShape = SharedArray<int>.Open(Name("a"));
        using SharedArray<int> oneShape = SharedArray<int>.OpenOrCreate(Name("a"), [3]);
        anyShape.Unlink();
        SharedArray<int>.Publish(Name("a"), [1, 2, 3, 4], [2, 2]).Dispose();
        Tensor<int> next = anyShape.FetchNext();
        Assert.Equal(4, next[1, 1]);
        Assert.Equal("(2, 2)", $"({string.Join(", ", anyShape.Shape)})");
        anyShape.Assign([5, 6, 7, 8]);
        Assert.Throws<ArgumentException>(() => anyShape.FetchInto(new int[3]));
        Assert.Equal(7, anyShape.Fetch(static view => view[1, 0]));
        await Assert.ThrowsAsync<SharedSchemaException>(() => oneShape.FetchNextAsync().AsTask());

        SharedObject.Create(Name("s"), "short", new SharedObjectOptions { InitSize = 10 }).Dispose();
        using SharedObject<string> text = SharedObject.Open<string>(Name("s"));
        Assert.Throws<SharedValueException>(() => text.Assign(new string('x', 1000)));
        text.Unlink();
        SharedObject.Create(Name("s"), new string('y', 6000)).Dispose();
        Assert.Equal(6000, text.FetchNext().Length);
        text.Assign(new string('x', 5000));
        Assert.Equal(new string('x', 5000), text.Fetch());
    }

    [Fact]
    public void A_thread_inside_a_lock_scope_is_not_moved_under()
    {
        using SharedObject<double> producer = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> consumer = SharedObject.Open<double>(Name());
        using (consumer.EnterReadLock())
        {
            producer.Unlink();
            SharedObject.Create(Name(), 1.5).Dispose();
            Assert.False(consumer.TryRemount());
            Assert.Equal(0.5, consumer.Fetch());
        }

        Assert.True(consumer.TryRemount());
        Assert.Equal(1.5, consumer.Fetch());
    }

    [Fact]
    public async Task Readers_and_writers_go_on_while_the_handle_moves()
    {
        const int Moves = 200;
        SharedObject<double[]> producer = SharedObject.Create(Name(), new double[2000]);
        using SharedObject<double[]> consumer = SharedObject.Open<double[]>(Name());
        int before = Descriptors();
        bool ended = false;
        Task[] users =
        [
            .. Enumerable.Range(0, 2).Select(_ => Background.Run(() =>
            {
                while (!Volatile.Read(ref ended))
                {
                    double[] value = consumer.Fetch();
                    Assert.All(value, element => Assert.Equal(value[0], element));
                }
            })),
            Background.Run(() =>
            {
                while (!Volatile.Read(ref ended))
                {
                    double[] value = consumer.Fetch();
                    value.AsSpan().Fill(-1);
                    try
                    {
                        consumer.Assign(value); // to the old one or to the new
                    }
                    catch (SharedValueException)
                    {
                        // The new one is of another size.
                    }

                    Thread.Sleep(1);
                }
            }),
        ];
        for (int i = 1; i <= Moves; i++)
        {
            producer.Unlink();
            producer.Dispose();
            producer = SharedObject.Create(Name(), new double[i % 2 == 0 ? 100 : 2000]);
            Until(() => consumer.TryRemount());
        }

        Volatile.Write(ref ended, true);
        await Task.WhenAll(users);
        producer.Dispose();
        Assert.InRange(Descriptors(), 0, before + 20); // other tests run beside this one; but not one a move
    }

    [Fact]
    public async Task An_owner_makes_its_object_anew_and_the_others_follow()
    {
        using SharedObject<double> owner = SharedObject.Create(Name(), 0.5);
        using SharedObject<double> consumer = SharedObject.Open<double>(Name());
        List<SharedObjectEventKind> events = [];
        owner.LinkChanged += (_, args) => events.Add(args.Kind);
        Assert.False(owner.Republish());
        owner.Unlink();
        long stamp = owner.Timestamp;
        Assert.True(owner.Republish());
        Assert.Equal([SharedObjectEventKind.Republished], events);
        Assert.Equal((true, stamp, 0.5), (owner.IsLinked, owner.Timestamp, owner.Fetch()));
        Assert.False(owner.Modified);
        Assert.False(await consumer.WaitAsync(Short)); // it has moved, and has seen this value
        Assert.True(consumer.IsLinked);
        owner.Assign(1.5);
        Assert.Equal(1.5, consumer.FetchNext());

        // Somebody else was faster.
        owner.Unlink();
        using SharedObject<double> other = SharedObject.Create(Name(), 7.0);
        Assert.True(owner.Republish());
        Assert.Equal(1.5, other.Fetch());
        owner.Unlink();
        SharedObject.Create(Name(), "a text").Dispose();
        Assert.Throws<SharedSchemaException>(() => owner.Republish());
    }

    [Fact]
    public void An_owner_can_have_it_done_by_its_writes()
    {
        using SharedObject<double> owner = SharedObject.Create(Name(), 0.5, new SharedObjectOptions { Republish = true });
        using SharedTrigger trigger = SharedTrigger.OpenOrCreate(Name("t"), new SharedObjectOptions { Republish = true });
        for (double value = 1; value < 4; value++)
        {
            owner.Unlink();
            trigger.Unlink();
            Until(() =>
            {
                owner.Assign(value);
                trigger.Trigger();
                return SharedObject.Exists(Name()) && SharedObject.Exists(Name("t"));
            });
            Assert.Equal(value, PlainFetch(Name()));
        }
    }

    [Fact]
    public void A_torn_value_of_an_object_without_a_name_is_assigned_all_the_same()
    {
        using SharedObject<double> owner = SharedObject.Create(Name(), 0.5, new SharedObjectOptions { Republish = true });
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        raw.Die(RawSegment.Data, 1);
        owner.Unlink();
        AssignUntilItHasItsName(owner);
    }

    [Fact]
    public void A_try_form_that_would_have_to_wait_to_republish_returns_false()
    {
        using SharedObject<double> owner = SharedObject.Create(Name(), 0.5, new SharedObjectOptions { Republish = true });
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        owner.Unlink();
        raw.WhileLocked(() =>
        {
            for (int i = 0; i < 5; i++)
            {
                Assert.False(owner.TryAssign(1.5));
                Assert.False(owner.TryTrigger(TimeSpan.FromMilliseconds(1)));
                Thread.Sleep(LongerThanItsStep); // it asks for the name once in each
            }

            Assert.Throws<SharedLockTimeoutException>(() => owner.Assign(1.5, TimeSpan.FromMilliseconds(1)));
        });
        AssignUntilItHasItsName(owner);
    }

    [Fact]
    public void What_is_torn_is_not_republished()
    {
        using SharedObject<double> owner = SharedObject.Create(Name(), 0.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        raw.Die(RawSegment.Data, 1);
        owner.Unlink();
        Assert.Throws<SharedTornException>(() => owner.Republish());
        Assert.False(SharedObject.Exists(Name()));
        owner.Assign(1.5);
        Assert.True(owner.Republish());
        Assert.Equal(1.5, PlainFetch(Name()));
    }

    private static int Descriptors() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();

    private void AssignUntilItHasItsName(SharedObject<double> owner)
    {
        Until(() =>
        {
            owner.Assign(1.5);
            return SharedObject.Exists(Name());
        });
        Assert.Equal(1.5, PlainFetch(Name()));
    }
}
