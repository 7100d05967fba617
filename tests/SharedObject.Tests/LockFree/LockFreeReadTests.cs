using System;
using System.Linq;
using SharedObjects.Tests.Schemas;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.LockFree;

/// <summary>A value that is known to be whole is read without a lock, and without writing a byte.</summary>
public sealed class LockFreeReadTests : SegmentTest
{
    private static readonly SharedObjectOptions Locked = new() { LockFreeReads = false }, ReadOnly = new() { ReadOnly = true };

    [Fact]
    public void While_another_process_holds_the_writers_lock_every_fetch_of_a_small_value_succeeds()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using SharedObject<double> locked = SharedObject.Open<double>(Name(), Locked);
        using SharedObject<double> readOnly = SharedObject.Open<double>(Name(), ReadOnly);
        using SharedObject<object?> any = SharedObject.OpenAny(Name());
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        raw.WhileLocked(() =>
        {
            double value = 0;
            Assert.Equal(1.5, handle.Fetch());
            Assert.Equal(1.5, handle.Fetch(TimeSpan.Zero));
            Assert.True(handle.TryFetch(out value));
            handle.FetchInto(ref value);
            Assert.True(handle.TryFetchInto(ref value));
            Assert.Equal(1.5, value);
            Assert.Equal(1.5, handle.FetchView(0, static (bytes, in context, state) => BitConverter.ToDouble(bytes[9..])));
            Assert.Equal(1.5, readOnly.Fetch());
            Assert.Equal(1.5, any.Fetch());
            Assert.Equal(handle.LastSeen, handle.Timestamp);
            Assert.False(handle.Modified | handle.Triggered);

            // The same, where the option says so, waits: else this test would show nothing.
            Assert.False(locked.TryFetch(out _));
            Assert.Throws<SharedLockTimeoutException>(() => locked.Fetch(TimeSpan.FromMilliseconds(5)));
            Assert.False(handle.TryAssign(2.5));
        });
        Assert.Equal(1.5, locked.Fetch());
    }

    [Theory]
    [InlineData(16)]
    [InlineData(Made.Many)]
    public void And_of_an_array(int length)
    {
        byte[] elements = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        using SharedArray<byte> array = SharedArray<byte>.Publish(Name(), elements, [length]);
        using SharedArray<byte> locked = SharedArray<byte>.Open(Name(), Locked);
        using SharedObject<NDArray> typed = SharedObject.Open<NDArray>(Name());
        using SharedObject<byte[,]> rectangle = SharedObject.Create(Name("r"), new byte[2, length]);
        using SharedObject<object?> any = SharedObject.OpenAny(Name());
        using var raw = new RawSegment(Name(), Made.ArraySize(length));
        using var rawRectangle = new RawSegment(Name("r"), Made.ArraySize(8 + (2 * length)));
        byte[] into = new byte[length];
        raw.WhileLocked(() =>
        {
            array.FetchInto(into);
            Assert.Equal(elements, into);
            Assert.True(array.TryFetchInto(into));
            Assert.Equal(length, array.Fetch().FlattenedLength);
            Assert.Equal(elements, typed.Fetch().Bytes);
            NDArray earlier = NDArray.Create<byte>(new byte[length], length);
            typed.FetchInto(ref earlier);
            Assert.Equal(elements, earlier.Bytes);
            Assert.Equal(elements, ((NDArray)any.Fetch()!).Bytes);

            Assert.False(locked.TryFetchInto(into));
            // In place, a function can only look while no writer may come between.
            Assert.Throws<SharedLockTimeoutException>(() => array.Fetch(static view => view[0], TimeSpan.FromMilliseconds(5)));
        });
        rawRectangle.WhileLocked(() => Assert.Equal(2 * length, rectangle.Fetch().Length));
    }

    [Fact]
    public void And_of_records_small_and_large()
    {
        using SharedObject<Point> small = Point.Create(Name("s"), new Point(1, 2));
        using SharedObject<Large> large = Large.Create(Name("l"), new Large());
        Assert.True(Large.Codec.FixedLayout!.BufferSize > 4096); // decoded in place
        using var rawSmall = new RawSegment(Name("s"), Point.Codec.FixedLayout!.BufferSize);
        using var rawLarge = new RawSegment(Name("l"), Large.Codec.FixedLayout!.BufferSize);
        rawSmall.WhileLocked(() => Assert.Equal(new Point(1, 2), small.Fetch()));
        rawLarge.WhileLocked(() =>
        {
            Large value = large.Fetch();
            large.FetchInto(ref value);
            Assert.True(large.TryFetch(out _));
        });
    }

    [Fact]
    public void A_scope_of_another_handle_holds_nobody_up_who_reads()
    {
        using SharedObject<double> writer = SharedObject.Create(Name(), 1.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name());
        using (writer.EnterWriteLock())
        {
            Assert.True(reader.TryFetch(out double before));
            Assert.Equal(1.5, before);
            writer.Assign(2.5);
            Assert.True(reader.TryFetch(out double after)); // whole, though the scope goes on
            Assert.Equal(2.5, after);
            Assert.Equal(2.5, writer.Fetch());
            Assert.False(reader.TryAssign(3.5));
        }
    }

    [Fact]
    public void A_reader_writes_nothing()
    {
        byte[] elements = new byte[Made.Many];
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using SharedArray<byte> array = SharedArray<byte>.Publish(Name("a"), elements, [elements.Length]);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        using var rawArray = new RawSegment(Name("a"), Made.ArraySize(elements.Length));
        byte[] before = raw.Copy, beforeArray = rawArray.Copy;
        for (int i = 0; i < 1000; i++)
        {
            handle.Fetch();
            _ = handle.Modified | handle.Triggered;
            _ = handle.Timestamp;
            handle.FetchView(0, static (bytes, in context, state) => bytes[0]);
            array.FetchInto(elements);
        }

        Assert.Equal(before, raw.Copy);
        Assert.Equal(beforeArray, rawArray.Copy);
    }

    [Fact]
    public void A_value_that_is_being_written_is_not_read()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        ulong stamp = raw.MtimeWord;
        raw.WhileLocked(() =>
        {
            raw.MtimeWord = stamp + 1; // from here on, bytes may be new ones
            Assert.False(handle.TryFetch(out _));
            raw.WritingWord = stamp + 1;
            Assert.False(handle.TryFetch(out _));
            Made.Double(2.5).CopyTo(raw.Bytes[RawSegment.Data..]);
            raw.WritingWord = 0;
            Assert.False(handle.TryFetch(out _));
            raw.CommitWord = stamp + 1;
            Assert.True(handle.TryFetch(out double value));
            Assert.Equal(2.5, value);
        });
    }
}
