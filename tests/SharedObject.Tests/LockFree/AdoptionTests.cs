using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.LockFree;

/// <summary>Segments that a plain Python process made get a trailer, once.</summary>
public sealed class AdoptionTests(PeerFixture fixture) : PeerTest(fixture)
{
    private const int Size = Made.DoubleSize, Grown = 128 + 128;

    private static readonly SharedObjectOptions NoAdoption = new() { Adopt = false }, ReadOnly = new() { ReadOnly = true };

    [Fact]
    public void It_grows_once_and_its_value_and_stamp_stay()
    {
        PlainCreate(Name(), 1.5);
        byte[] before = Segments.Read(Name());
        Assert.Equal(Size, before.Length);
        using SharedObject<double> handle = SharedObject.Open<double>(Name());
        Assert.True(handle.HasTrailer);
        byte[] after = Segments.Read(Name());
        Assert.Equal(Grown, after.Length);
        Assert.Equal(before, after[..Size]);
        Assert.Equal("SHOBTRL\u0001"u8.ToArray(), after[128..136]);
        Assert.False(handle.Modified);
        Assert.Equal(1.5, handle.Fetch());
        AssertSame(1.5, PlainFetch(Name()));

        handle.Assign(2.5);
        using SharedObject<double> second = SharedObject.Open<double>(Name());
        Assert.Equal(Grown, RawSegment.SizeOf(Name()));
        Assert.Equal(2.5, second.Fetch());
        AssertSame(2.5, PlainFetch(Name()));
    }

    [Fact]
    public void A_value_is_not_trusted_before_it_was_looked_at_under_the_lock()
    {
        PlainCreate(Name(), 1.5);
        using SharedObject<double> handle = SharedObject.Open<double>(Name());
        using var raw = new RawSegment(Name(), Size);
        Assert.Equal(0UL, raw.CommitWord);
        raw.WhileLocked(() => Assert.False(handle.TryFetch(out _)));
        Assert.Equal(1.5, handle.Fetch());
        raw.WhileLocked(() => Assert.Equal(1.5, handle.Fetch()));
    }

    [Fact]
    public void A_second_adopter_leaves_a_live_trailer_as_it_is()
    {
        PlainCreate(Name(), 1.5);
        using SharedObject<double> unaware = SharedObject.Open<double>(Name(), NoAdoption);
        using SharedObject<double> first = SharedObject.Open<double>(Name());
        using var raw = new RawSegment(Name(), Size);
        raw.Bytes[(raw.Trailer + 8)..].Fill(0x5A); // all the fields behind the magic
        byte[] before = raw.Copy;
        SharedObject.Open<double>(Name()).Dispose();
        SharedObject.OpenOrCreate(Name(), 9.5).Dispose();
        unaware.EnterWriteLock().Dispose();
        Assert.True(unaware.HasTrailer);
        Assert.Equal(before, raw.Copy);
        Assert.Equal(Grown, RawSegment.SizeOf(Name()));
    }

    [Fact]
    public async Task Many_that_open_at_once_make_one_trailer()
    {
        const int Count = 8;
        for (int round = 0; round < 20; round++)
        {
            string name = Name($"{round}");
            PlainCreate(name, 1.5);
            using var start = new Barrier(Count);
            SharedObject<double>[] handles = await Task.WhenAll(Enumerable.Range(0, Count).Select(i => Background.Run(() =>
            {
                start.SignalAndWait();
                SharedObject<double> handle = SharedObject.Open<double>(name, new SharedObjectOptions { LockTimeout = TimeSpan.FromMinutes(1) });
                return handle.Assign(i); // the first may be adopting still
            })));
            using var raw = new RawSegment(name, Size);
            Assert.Equal(Grown, raw.Size);
            Assert.Equal(raw.MtimeWord, raw.CommitWord);
            Assert.Equal(0UL, raw.WritingWord);
            Assert.Equal((uint)Count, raw.WakeWord); // no count was lost to a trailer that was made anew
            foreach (SharedObject<double> handle in handles)
            {
                Assert.True(handle.HasTrailer);
                Assert.Equal(handles[0].Fetch(), handle.Fetch());
            }

            Array.ForEach(handles, handle => handle.Dispose());
        }
    }

    [Fact]
    public void It_can_be_switched_off()
    {
        PlainCreate(Name(), 1.5);
        using SharedObject<double> handle = SharedObject.Open<double>(Name(), NoAdoption);
        using var raw = new RawSegment(Name(), Size);
        Assert.Equal(1.5, handle.Fetch());
        handle.Assign(2.5).Trigger();
        handle.UpdateInPlace(0, static (bytes, in context, state) => bytes[10]++);
        Assert.False(handle.HasTrailer);
        Assert.Equal(Size, RawSegment.SizeOf(Name()));
        raw.WhileLocked(() => Assert.False(handle.TryFetch(out _))); // read under the lock
        double value = handle.Fetch();

        using SharedObject<double> adopter = SharedObject.Open<double>(Name());
        Assert.True(adopter.HasTrailer);
        Assert.Equal(value, handle.Fetch()); // finds it under the lock, and heals
        Assert.True(handle.HasTrailer);
        raw.WhileLocked(() => Assert.Equal(value, handle.Fetch()));
        handle.Assign(4.5);
        raw.WhileLocked(() => Assert.Equal(4.5, adopter.Fetch())); // its writes are as good as others'
    }

    [Fact]
    public void A_read_only_handle_does_not_adopt_but_finds_a_trailer_that_others_make()
    {
        PlainCreate(Name(), 1.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name(), ReadOnly);
        Assert.Equal(1.5, reader.Fetch());
        Assert.False(reader.HasTrailer);
        Assert.Equal(Size, RawSegment.SizeOf(Name()));

        using SharedObject<double> writer = SharedObject.Open<double>(Name());
        writer.Assign(2.5);
        Assert.Equal(2.5, reader.Fetch());
        Assert.True(reader.HasTrailer);
        using var raw = new RawSegment(Name(), Size);
        raw.WhileLocked(() => Assert.Equal(2.5, reader.Fetch()));
    }

    [Fact]
    public void Where_the_lock_is_not_to_be_had_opening_goes_on_and_the_first_write_adopts()
    {
        PlainCreate(Name(), 1.5);
        using var holder = new RawSegment(Name(), Size);
        holder.LockShared(); // a Python reader that has leaked its lock
        using SharedObject<double> handle = SharedObject.Open<double>(Name());
        Assert.False(handle.HasTrailer);
        Assert.Equal(1.5, handle.Fetch());
        Assert.Equal(Size, RawSegment.SizeOf(Name()));
        holder.Unlock();
        handle.Assign(2.5);
        Assert.True(handle.HasTrailer);
        Assert.Equal(Grown, RawSegment.SizeOf(Name()));
        holder.WhileLocked(() => Assert.Equal(2.5, handle.Fetch()));
    }

    [Fact]
    public void One_that_is_being_made_is_left_alone()
    {
        PlainCreate(Name(), 1.5, "truncate");
        var options = new SharedObjectOptions { MountTimeout = TimeSpan.FromMilliseconds(20) };
        Assert.Throws<SharedNotReadyException>(() => SharedObject.Open<double>(Name(), options));
        Assert.Throws<SharedNotReadyException>(() => SharedObject.OpenOrCreate(Name(), 2.5, options));
        Assert.Throws<SharedNotReadyException>(() => SharedTrigger.OpenOrCreate(Name(), options));
        Assert.Equal(new byte[Size], Segments.Read(Name()));
    }

    [Fact]
    public void One_that_has_a_type_but_no_value_is_adopted_and_gets_its_value()
    {
        PlainCreate(Name(), 1.5, "metadata");
        using SharedObject<double> handle = SharedObject.Open<double>(Name());
        Assert.Equal(Grown, RawSegment.SizeOf(Name()));
        Assert.False(handle.TryFetch(out _));
        Assert.Throws<SharedNeverAssignedException>(() => handle.Fetch());
        PlainAssign(Name(), 2.5);
        Assert.True(handle.Modified);
        Assert.Equal(2.5, handle.Fetch());
    }

    [Fact]
    public void Python_goes_on_with_what_it_has_mapped()
    {
        PlainCreate(Name(), 1.0);
        Peer.Run("write_loop", ("plain_name", Name()), ("values", new JsonArray(JsonForm.Write(1.0), JsonForm.Write(2.0))));
        using SharedObject<double> handle = SharedObject.Open<double>(Name(), new SharedObjectOptions { LockTimeout = TimeSpan.FromMinutes(1) });
        using (handle.EnterWriteLock())
        {
        }

        Assert.True(handle.HasTrailer);
        foreach (double expected in new[] { 1.0, 2.0, 1.0, 2.0 })
        {
            Until(() => handle.Fetch() == expected);
        }

        Peer.Run("stop_loop", ("plain_name", Name()));
    }
}
