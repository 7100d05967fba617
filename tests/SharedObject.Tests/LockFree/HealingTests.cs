using System;
using SharedObjects.Tests.Interop;

namespace SharedObjects.Tests.LockFree;

/// <summary>A plain Python write leaves no commit: the first reader makes up for it, under the lock.</summary>
public sealed class HealingTests(PeerFixture fixture) : PeerTest(fixture)
{
    [Fact]
    public void The_first_fetch_of_a_plain_write_takes_the_lock_and_the_next_ones_do_not()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using SharedObject<double> other = SharedObject.Open<double>(Name());
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        for (double value = 2.5; value < 6; value++)
        {
            PlainAssign(Name(), value);
            ulong committed = raw.CommitWord;
            Assert.NotEqual(raw.MtimeWord, committed);
            Assert.True(handle.Modified);
            raw.WhileLocked(() => Assert.False(handle.TryFetch(out _)));
            Assert.Equal(committed, raw.CommitWord); // not without the lock

            Assert.Equal(value, handle.Fetch());
            Assert.Equal(raw.MtimeWord, raw.CommitWord);
            Assert.Equal((long)raw.MtimeWord, handle.LastSeen);
            Assert.False(handle.Modified);
            raw.WhileLocked(() =>
            {
                Assert.Equal(value, handle.Fetch());
                Assert.Equal(value, other.Fetch()); // one heals for all
            });
        }
    }

    [Fact]
    public void A_large_array_is_healed_too()
    {
        byte[] elements = new byte[Made.Many];
        using SharedArray<byte> array = SharedArray<byte>.Publish(Name(), elements, [elements.Length]);
        using SharedObject<NDArray> typed = SharedObject.Open<NDArray>(Name());
        using var raw = new RawSegment(Name(), Made.ArraySize(elements.Length));
        Action[] ways =
        [
            () => array.FetchInto(elements),
            () => array.Fetch(static view => view[0]),
            () => typed.Fetch(),
            () => array.EnterReadLockAndFetch(),
        ];
        byte written = 0;
        foreach (Action way in ways)
        {
            raw.PlainAssign(Made.Elements, ++written);
            Assert.NotEqual(raw.MtimeWord, raw.CommitWord);
            way();
            Assert.Equal(raw.MtimeWord, raw.CommitWord);
            raw.WhileLocked(() => array.FetchInto(elements));
            Assert.Equal(written, elements[0]);
        }
    }

    [Fact]
    public void A_trigger_of_Python_is_seen_at_once_and_healed_by_the_next_fetch()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        Peer.Run("plain_trigger", ("name", Name()));
        raw.WhileLocked(() =>
        {
            Assert.True(handle.Modified);
            Assert.True(handle.Triggered);
            Assert.False(handle.Triggered);
            Assert.False(handle.TryFetch(out _)); // it could be the first step of an assign
        });
        Assert.Equal(1.5, handle.Fetch());
        Assert.Equal(raw.MtimeWord, raw.CommitWord);
    }

    [Fact]
    public void A_read_only_handle_reads_but_leaves_the_commit_to_others()
    {
        using SharedObject<double> writer = SharedObject.Create(Name(), 1.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name(), new SharedObjectOptions { ReadOnly = true });
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        raw.PlainAssign(RawSegment.Data, Made.Double(2.5));
        byte[] before = raw.Copy;
        Assert.Equal(2.5, reader.Fetch());
        Assert.Equal(2.5, reader.Fetch());
        Assert.Equal(before, raw.Copy);
        raw.WhileLocked(() => Assert.False(reader.TryFetch(out _)));
        Assert.Equal(2.5, writer.Fetch());
        raw.WhileLocked(() => Assert.Equal(2.5, reader.Fetch()));
    }

    [Fact]
    public void A_handle_that_reads_under_the_lock_heals_for_those_that_do_not()
    {
        using SharedObject<double> locking = SharedObject.Create(Name(), 1.5, new SharedObjectOptions { LockFreeReads = false });
        using SharedObject<double> handle = SharedObject.Open<double>(Name());
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        raw.PlainAssign(RawSegment.Data, Made.Double(2.5));
        Assert.Equal(2.5, locking.Fetch());
        raw.WhileLocked(() => Assert.Equal(2.5, handle.Fetch()));
    }

    [Fact]
    public void A_write_that_died_before_it_changed_anything_leaves_the_old_value()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        raw.MtimeWord++; // and no more
        Assert.Equal(1.5, handle.Fetch());
        Assert.Equal(raw.MtimeWord, raw.CommitWord);
    }

    [Fact]
    public void One_that_died_after_its_last_byte_and_before_its_commit_leaves_the_new_value()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        raw.Die(RawSegment.Data, Made.Double(2.5));
        raw.WritingWord = 0;
        Assert.Equal(2.5, handle.Fetch());
        Assert.Equal(raw.MtimeWord, raw.CommitWord);
    }
}

/// <summary>Shorthands.</summary>
file static class ArrayExtensions
{
    internal static void EnterReadLockAndFetch(this SharedArray<byte> array)
    {
        using SharedLockScope scope = array.EnterReadLock();
        array.Fetch();
    }
}
