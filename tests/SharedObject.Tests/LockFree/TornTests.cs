using System;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Schemas;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.LockFree;

/// <summary>A writer that died half-way: its value is never handed out, whatever happens to mtime, until somebody writes a whole one.</summary>
public sealed class TornTests(PeerFixture fixture) : PeerTest(fixture)
{
    private static readonly byte[] s_half = [1, 2, 3]; // of the eight of a double

    [Fact]
    public void It_is_reported_by_every_way_to_read_and_by_handles_that_come_later()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        raw.Die(RawSegment.Data, s_half);
        AssertTorn(handle);
        using SharedObject<double> later = SharedObject.Open<double>(Name());
        AssertTorn(later);
        using SharedObject<double> readOnly = SharedObject.Open<double>(Name(), new SharedObjectOptions { ReadOnly = true });
        AssertTorn(readOnly);
        using SharedObject<double> locked = SharedObject.Open<double>(Name(), new SharedObjectOptions { LockFreeReads = false });
        AssertTorn(locked);
        using SharedObject<object?> any = SharedObject.OpenAny(Name());
        Assert.Throws<SharedTornException>(() => any.Fetch());

        SharedTornException e = Assert.Throws<SharedTornException>(() => handle.Fetch());
        Assert.Equal(Name(), e.ObjectName);
        Assert.True(handle.Modified); // there is news, if no good news
    }

    [Fact]
    public void Of_an_array_and_of_a_large_record_too()
    {
        byte[] elements = new byte[Made.Many];
        using SharedArray<byte> array = SharedArray<byte>.Publish(Name("a"), elements, [elements.Length]);
        using var rawArray = new RawSegment(Name("a"), Made.ArraySize(elements.Length));
        rawArray.Die(Made.Elements, s_half);
        Assert.Throws<SharedTornException>(() => array.FetchInto(elements));
        Assert.False(array.TryFetchInto(elements));
        Assert.Throws<SharedTornException>(() => array.Fetch());
        Assert.Throws<SharedTornException>(() => array.Fetch(static view => view[0]));
        Assert.Throws<SharedTornException>(() => array.FetchRows(static rows => rows.Height));
        Assert.Throws<SharedTornException>(() => array.Update(view => view[0]++));

        using SharedObject<Large> large = Large.Create(Name("l"), new Large());
        using var rawLarge = new RawSegment(Name("l"), Large.Codec.FixedLayout!.BufferSize);
        rawLarge.Die(Large.Codec.FixedLayout!.BufferSize - 1, 7);
        var value = new Large();
        Assert.Throws<SharedTornException>(() => large.Fetch());
        Assert.Throws<SharedTornException>(() => large.FetchInto(ref value));
        Assert.False(large.TryFetch(out _));
    }

    [Fact]
    public void While_nothing_changes_the_answer_is_given_from_memory()
    {
        byte[] elements = new byte[Made.Many];
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using SharedArray<byte> array = SharedArray<byte>.Publish(Name("a"), elements, [elements.Length]);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        using var rawArray = new RawSegment(Name("a"), Made.ArraySize(elements.Length));
        raw.Die(RawSegment.Data, s_half);
        rawArray.Die(Made.Elements, s_half);
        raw.WhileLocked(() => Assert.Throws<SharedLockTimeoutException>(() => handle.Fetch(TimeSpan.FromMilliseconds(5)))); // not looked at yet
        AssertTorn(handle);
        Assert.Throws<SharedTornException>(() => array.FetchInto(elements));
        raw.WhileLocked(() => AssertTorn(handle));
        rawArray.WhileLocked(() =>
        {
            Assert.Throws<SharedTornException>(() => array.FetchInto(elements));
            Assert.Throws<SharedTornException>(() => array.Fetch(static view => view[0]));
        });

        handle.Dispose();
        array.Dispose();
        Assert.Throws<ObjectDisposedException>(() => handle.Fetch());
        Assert.Throws<ObjectDisposedException>(() => array.Fetch(static view => view[0]));
    }

    [Fact]
    public void A_trigger_does_not_cover_it()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using SharedObject<double> unaware = SharedObject.Open<double>(Name());
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        ulong commit = raw.CommitWord;
        raw.Die(RawSegment.Data, s_half);
        for (int i = 0; i < 3; i++)
        {
            AssertTorn(handle);
            Peer.Run("plain_trigger", ("name", Name()));
            AssertTorn(handle);
            handle.Trigger();
        }

        AssertTorn(unaware);
        Assert.Equal(commit, raw.CommitWord);
        Assert.NotEqual(0UL, raw.WritingWord);
        Assert.True(handle.Triggered); // as a trigger it works all the same
    }

    [Fact]
    public void A_whole_assign_of_Python_repairs_it()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using SharedObject<double> other = SharedObject.Open<double>(Name());
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        raw.Die(RawSegment.Data, s_half);
        AssertTorn(handle);
        PlainAssign(Name(), 2.5);
        Assert.Equal(2.5, handle.Fetch());
        Assert.Equal(0UL, raw.WritingWord);
        Assert.Equal(raw.MtimeWord, raw.CommitWord);
        raw.WhileLocked(() =>
        {
            Assert.Equal(2.5, handle.Fetch());
            Assert.Equal(2.5, other.Fetch());
        });
    }

    [Fact]
    public void A_read_only_handle_accepts_the_repair_and_changes_nothing()
    {
        using SharedObject<double> made = SharedObject.Create(Name(), 1.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name(), new SharedObjectOptions { ReadOnly = true });
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        raw.Die(RawSegment.Data, s_half);
        AssertTorn(reader);
        PlainAssign(Name(), 2.5);
        byte[] before = raw.Copy;
        Assert.Equal(2.5, reader.Fetch());
        Peer.Run("plain_trigger", ("name", Name()));
        Assert.Equal(2.5, reader.Fetch());
        Assert.Equal(before[8..], raw.Copy[8..]); // all but mtime
        Assert.Throws<SharedSystemException>(() => reader.AcceptTorn());
    }

    [Fact]
    public void Who_has_not_seen_it_torn_can_not_tell_a_repair_and_waits_for_the_next()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        raw.Die(RawSegment.Data, s_half);
        PlainAssign(Name(), 2.5);
        AssertTorn(handle);
        PlainAssign(Name(), 2.5); // the same bytes might be the torn ones
        AssertTorn(handle);
        PlainAssign(Name(), 3.5);
        Assert.Equal(3.5, handle.Fetch());
    }

    [Fact]
    public void A_whole_assign_from_here_repairs_it()
    {
        byte[] elements = new byte[Made.Many];
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using SharedArray<byte> array = SharedArray<byte>.Publish(Name("a"), elements, [elements.Length]);
        using SharedObject<Large> large = Large.Create(Name("l"), new Large());
        Repairs(Made.DoubleSize, Name(), RawSegment.Data, () => handle.Fetch(), () => handle.Assign(2.5));
        Repairs(Made.ArraySize(elements.Length), Name("a"), Made.Elements, () => array.FetchInto(elements), () => array.Assign(elements));
        int size = Large.Codec.FixedLayout!.BufferSize;
        Repairs(size, Name("l"), size - 8, () => large.Fetch(), () => large.Assign(new Large()));

        static void Repairs(int size, string name, int at, Action fetch, Action assign)
        {
            using var raw = new RawSegment(name, size);
            foreach (bool looksBefore in new[] { true, false })
            {
                raw.Die(at, s_half);
                if (looksBefore)
                {
                    Assert.Throws<SharedTornException>(fetch);
                }

                assign();
                Assert.Equal(0UL, raw.WritingWord);
                Assert.Equal(raw.MtimeWord, raw.CommitWord);
                raw.WhileLocked(fetch);
            }
        }
    }

    [Fact]
    public void AcceptTorn_takes_it_as_it_is()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using SharedObject<double> other = SharedObject.Open<double>(Name());
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        Assert.False(handle.AcceptTorn());
        raw.Die(RawSegment.Data, s_half);
        double mixture = BitConverter.ToDouble(raw.Bytes[RawSegment.Data..]);
        AssertTorn(handle);
        AssertTorn(other);
        Assert.True(handle.AcceptTorn());
        Assert.False(handle.AcceptTorn());
        Assert.False(other.AcceptTorn());
        Assert.Equal(0UL, raw.WritingWord);
        raw.WhileLocked(() =>
        {
            Assert.Equal(mixture, handle.Fetch());
            Assert.Equal(mixture, other.Fetch());
        });
    }

    [Fact]
    public void A_second_death_is_no_repair()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        raw.Die(RawSegment.Data, s_half);
        AssertTorn(handle);
        raw.Die(RawSegment.Data, [9, 9, 9, 9]); // other bytes, as after a repair
        AssertTorn(handle);
        raw.PlainTrigger();
        AssertTorn(handle);

        // One that dies between its two first stores changes mtime only.
        raw.MtimeWord++;
        AssertTorn(handle);
        PlainAssign(Name(), 4.5);
        Assert.Equal(4.5, handle.Fetch());

        raw.Die(RawSegment.Data, s_half);
        AssertTorn(handle);
        raw.MtimeWord = 0; // and a plain writer that is in the middle of pack_into, and stops there
        AssertTorn(handle);
    }

    [Fact]
    public void An_update_refuses_it_and_changes_nothing()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using SharedArray<byte> array = SharedArray<byte>.Publish(Name("a"), new byte[16], [16]);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        using var rawArray = new RawSegment(Name("a"), Made.ArraySize(16));
        raw.Die(RawSegment.Data, s_half);
        rawArray.Die(Made.Elements, s_half);
        byte[] before = raw.Copy, beforeArray = rawArray.Copy;
        bool called = false;
        Assert.Throws<SharedTornException>(() => handle.UpdateInPlace(0, (bytes, in context, state) => called = true));
        Assert.Throws<SharedTornException>(() => array.Update(_ => called = true));
        Assert.False(called);
        Assert.Equal(before, raw.Copy);
        Assert.Equal(beforeArray, rawArray.Copy);
        handle.Assign(2.5); // and has let go of the lock
    }

    [Fact]
    public void A_writer_that_stands_still_is_not_a_dead_one()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        ulong stamp = raw.MtimeWord + 1;
        raw.WhileLocked(() =>
        {
            raw.MtimeWord = stamp;
            raw.WritingWord = stamp;
            Assert.False(handle.TryFetch(out _));
            Assert.Throws<SharedLockTimeoutException>(() => handle.Fetch(TimeSpan.FromMilliseconds(5))); // and not torn: its lock is held
            Made.Double(2.5).CopyTo(raw.Bytes[RawSegment.Data..]);
            raw.WritingWord = 0;
            raw.CommitWord = stamp;
            Assert.Equal(2.5, handle.Fetch());
        });
    }

    [Fact]
    public void Our_Python_package_reports_it_too_and_repairs_it()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        Peer.Open("there", Name());
        raw.Die(RawSegment.Data, s_half);
        Assert.True(Assert.Throws<PythonException>(() => Peer.Fetch("there")).Is("TornError"));
        AssertTorn(handle);
        Peer.Assign("there", 2.5);
        raw.WhileLocked(() => Assert.Equal(2.5, handle.Fetch())); // committed, as by C#
        Close("there");
    }

    private static void AssertTorn(SharedObject<double> handle)
    {
        double value = 0;
        Assert.Throws<SharedTornException>(() => handle.Fetch());
        Assert.False(handle.TryFetch(out _, TimeSpan.FromMinutes(1)));
        Assert.Throws<SharedTornException>(() => handle.FetchInto(ref value));
        Assert.Throws<SharedTornException>(() => handle.FetchView(0, static (bytes, in context, state) => bytes[9]));
    }
}
