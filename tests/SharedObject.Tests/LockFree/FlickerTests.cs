using System;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.LockFree;

/// <summary>CPython's <c>struct.pack_into</c> zeroes mtime for an instant: without the lock, 0 means nothing.</summary>
public sealed class FlickerTests : SegmentTest
{
    [Fact]
    public void A_zero_is_no_news_and_no_stamp_to_read_by()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using SharedObject<double> mounted = SharedObject.Open<double>(Name());
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        ulong stamp = raw.MtimeWord;
        raw.WhileLocked(() =>
        {
            raw.MtimeWord = 0;
            foreach (SharedObject<double> each in new[] { handle, mounted })
            {
                Assert.False(each.Modified);
                Assert.False(each.Triggered);
                Assert.Equal((long)stamp, each.LastSeen);
                Assert.False(each.TryFetch(out _));
            }

            raw.CommitWord = 0; // even where the two are equal
            Assert.False(handle.TryFetch(out _));
            raw.CommitWord = stamp;
            raw.MtimeWord = stamp;
            Assert.False(handle.Modified);
            Assert.Equal(1.5, handle.Fetch());
        });
    }

    [Fact]
    public void A_zero_under_the_lock_is_an_object_that_was_never_assigned_and_is_not_committed()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        ulong commit = raw.CommitWord;
        raw.MtimeWord = 0;
        Assert.Throws<SharedNeverAssignedException>(() => handle.Fetch());
        Assert.Equal(0, handle.Timestamp);
        Assert.Equal(commit, raw.CommitWord);
    }

    [Fact]
    public async Task Flickering_never_makes_a_seen_value_new()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        ulong stamp = raw.MtimeWord;
        bool stop = false;
        Task flicker = Background.Run(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                raw.MtimeWord = 0;
                raw.MtimeWord = stamp;
            }
        });
        int accepted = 0, refused = 0;
        for (int i = 0; i < 300_000 || accepted == 0 || refused == 0; i++)
        {
            if (handle.Modified || handle.Triggered)
            {
                Assert.Fail("a zero was taken for a stamp");
            }

            if (i % 16 == 0 && handle.TryFetch(out double value))
            {
                Assert.Equal(1.5, value);
                accepted++;
            }
            else
            {
                refused++;
            }
        }

        Volatile.Write(ref stop, true);
        await flicker;
    }

    [Fact]
    public async Task Values_that_are_written_so_are_read_whole()
    {
        // A plain process at full speed, with every step that pack_into takes; the value is twice the same half.
        using SharedObject<double> made = SharedObject.Create(Name(), 0.0);
        using SharedObject<double> handle = SharedObject.Open<double>(Name(), new SharedObjectOptions { LockTimeout = TimeSpan.FromMinutes(1) });
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        using var own = new RawSegment(Name(), Made.DoubleSize);
        bool stop = false;
        uint last = 0;
        Task writer = Background.Run(() =>
        {
            for (ulong stamp = raw.MtimeWord + 1; !Volatile.Read(ref stop); stamp++)
            {
                while (own.TryLockExclusive() is false)
                {
                    Thread.Yield();
                }

                own.MtimeWord = 0;
                own.MtimeWord = stamp;
                uint half = (uint)stamp;
                own.Bytes.Slice(RawSegment.Data, 8).Clear();
                BitConverter.TryWriteBytes(own.Bytes[RawSegment.Data..], half);
                BitConverter.TryWriteBytes(own.Bytes[(RawSegment.Data + 4)..], half);
                own.Unlock();
                Thread.Sleep(0);
            }
        });
        for (int i = 0; i < 20_000 || last == 0; i++)
        {
            ulong bits = BitConverter.DoubleToUInt64Bits(handle.Fetch());
            Assert.Equal((uint)(bits >> 32), (uint)bits);
            Assert.True(last == 0 || (int)((uint)bits - last) >= 0, "a value went back");
            last = (uint)bits;
        }

        Volatile.Write(ref stop, true);
        await writer;
    }
}
