using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading.Tasks;
using SharedObjects.Bridging.Tests.Support;
using SharedObjects.Objects;
using SharedObjects.Tests.Support;
using SharedObjects.Wire;

namespace SharedObjects.Bridging.Tests.Library;

/// <summary>Objects as bytes, which is how the bridge reads and writes them.</summary>
public sealed class RawObjectTests : SegmentTest
{
    [Fact]
    public void What_is_read_is_the_object_with_the_stamp_that_it_was_read_under()
    {
        using SharedObject<double> number = SharedObject.Publish(Name(), 1.5);
        using RawObject raw = RawObject.TryOpen(Name(), SharedObjectOptions.Default)!;
        byte[] bytes = new byte[100];

        Assert.Equal(RawRead.TooLarge, raw.TryRead(bytes.AsSpan(0, 16), out int size, out _));
        Assert.Equal(17, size);
        Assert.Equal(RawRead.Whole, raw.TryRead(bytes, out size, out ulong stamp));
        Assert.Equal((17, (ulong)number.Timestamp, raw.Stamp), (size, stamp, stamp));
        Assert.Equal(ObjectMessage.BytesOf(Name()), bytes[..17]);
    }

    [Fact]
    public void Without_a_trailer_it_is_read_under_the_lock_and_not_waited_for()
    {
        using SharedObject<double> number = SharedObject.Publish(Name(), 1.5);
        using RawObject raw = RawObject.TryOpen(Name(), SharedObjectOptions.Default with { LockFreeReads = false })!;
        byte[] bytes = new byte[17];
        Assert.Equal(RawRead.Whole, raw.TryRead(bytes, out _, out _));

        using (number.EnterWriteLock())
        {
            Assert.Equal(RawRead.Locked, raw.TryRead(bytes, out _, out _));
            Assert.Equal(RawWrite.Locked, raw.TryWrite(bytes, 0, out _, out _));
        }

        Assert.Equal(RawRead.Whole, raw.TryRead(bytes, out _, out _));
    }

    [Fact]
    public void What_is_written_is_seen_and_others_that_write_are_noticed()
    {
        using SharedObject<double> number = SharedObject.Publish(Name(), 1.5);
        using RawObject raw = RawObject.TryOpen(Name(), SharedObjectOptions.Default)!;
        byte[] value = ObjectMessage.BytesOf(Name("scratch"), 2.5);

        Assert.Equal(RawWrite.Written, raw.TryWrite(value, 0, out ulong first, out bool isForeign));
        Assert.Equal((2.5, (long)first, false), (number.Fetch(), number.Timestamp, isForeign));
        Assert.Equal(RawWrite.Written, raw.TryWrite(value, first, out ulong second, out isForeign));
        Assert.False(isForeign);
        number.Assign(3.5);
        Assert.Equal(RawWrite.Written, raw.TryWrite(value, second, out _, out isForeign));
        Assert.True(isForeign);
        Assert.Equal(2.5, number.Fetch());
    }

    [Fact]
    public void A_value_of_another_layout_is_not_written()
    {
        using SharedObject<double> number = SharedObject.Publish(Name(), 1.5);
        using RawObject raw = RawObject.TryOpen(Name(), SharedObjectOptions.Default)!;

        Assert.Equal(RawWrite.OtherLayout, raw.TryWrite(ObjectMessage.BytesOf(Name("scratch"), 1L), 0, out _, out _)); // of the same size
        Assert.Equal(RawWrite.OtherLayout, raw.TryWrite(ObjectMessage.BytesOf(Name("scratch"), "text"), 0, out _, out _));
        Assert.Equal(1.5, number.Fetch());
    }

    [Fact]
    public void It_follows_the_name()
    {
        SharedObject<long> number = SharedObject.Publish(Name(), 1L);
        using RawObject raw = RawObject.TryOpen(Name(), SharedObjectOptions.Default)!;
        byte[] value = ObjectMessage.BytesOf(Name("scratch"), "text");
        number.Unlink();
        number.Dispose();
        Assert.Equal(RawWrite.Unlinked, raw.TryWrite(value, 0, out _, out _));

        using SharedObject<string> again = SharedObject.Publish(Name(), "made anew");

        Assert.Equal(RawWrite.Written, raw.TryWrite(value, 0, out _, out _));
        Assert.Equal("text", again.Fetch());
        Assert.Equal(WireTag.Str, raw.Layout.Value.Tag);
    }

    [Fact]
    public void It_calls_for_each_new_value_and_for_an_object_made_anew_until_it_is_disposed()
    {
        SharedObject<long> number = SharedObject.Publish(Name(), 1L);
        using RawObject raw = RawObject.TryOpen(Name(), SharedObjectOptions.Default)!;
        using RawObject other = RawObject.TryOpen(Name(), SharedObjectOptions.Default)!;
        ConcurrentQueue<ulong> stamps = StampsOf(raw), others = StampsOf(other);

        for (long i = 2; i < 5; i++)
        {
            number.Assign(i);
            Until(() => stamps.LastOrDefault() == (ulong)number.Timestamp);
        }

        Assert.Equal(3, stamps.Count);
        number.Unlink();
        number.Dispose();
        using SharedObject<string> again = SharedObject.Publish(Name(), "made anew");
        Until(() => stamps.LastOrDefault() == (ulong)again.Timestamp && others.LastOrDefault() == stamps.LastOrDefault());
        again.Assign("assigned again");
        Until(() => stamps.LastOrDefault() == (ulong)again.Timestamp);

        raw.Dispose();
        again.Assign("for the other one alone");
        Until(() => others.LastOrDefault() == (ulong)again.Timestamp);
        Assert.DoesNotContain((ulong)again.Timestamp, stamps);

        static ConcurrentQueue<ulong> StampsOf(RawObject raw)
        {
            var stamps = new ConcurrentQueue<ulong>();
            raw.Listen(raw.Stamp, () => stamps.Enqueue(raw.Stamp), () => Task.Run(raw.Follow));
            return stamps;
        }
    }

    [Fact]
    public void An_object_is_made_with_its_bytes_or_not_at_all()
    {
        byte[] value = ObjectMessage.BytesOf(Name("scratch"), 2.5);
        ObjectLayout layout = LayoutParser.Parse(value, out _)!;

        using RawObject? made = RawObject.TryMake(Name(), SharedObjectOptions.Default, layout, value, stamp: 123);

        Assert.Equal(123UL, made!.Stamp);
        Assert.Null(RawObject.TryMake(Name(), SharedObjectOptions.Default, layout, value, stamp: 124));
        using SharedObject<double> number = SharedObject.Open<double>(Name());
        Assert.Equal(2.5, number.Fetch());
        Assert.Null(RawObject.TryOpen(Name("none"), SharedObjectOptions.Default));
    }

    [Fact]
    public void Objects_of_more_parts_than_allowed_are_no_layouts()
    {
        // A dict of a thousand items None: None, of two bytes each.
        byte[] bytes = [.. new byte[8], (byte)WireTag.Dict, .. BitConverter.GetBytes(2000L), .. new byte[2000]];

        Assert.NotNull(LayoutParser.Parse(bytes, out _));
        Assert.NotNull(LayoutParser.Parse(bytes, out _, maxParts: 2001));
        Assert.Null(LayoutParser.Parse(bytes, out string? problem, maxParts: 2000));
        Assert.Contains("2000 values", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Layouts_have_the_same_hash_where_their_fixed_bytes_are_the_same()
    {
        ulong Hash<T>(T value)
        {
            ObjectLayout layout = LayoutParser.Parse(ObjectMessage.BytesOf(Name("scratch"), value), out _)!;
            return layout.FixedParts.Hash(layout.BufferSize);
        }

        Assert.Equal(Hash(1L), Hash(2L));
        ulong[] others = [Hash(1L), Hash(1.0), Hash(true), Hash("a"), Hash(new string('a', 200)), Hash<object?>(new SharedDict { { "a", 1L } }), Hash<object?>(new SharedDict { { "b", 1L } })];
        Assert.Equal(others.Length, others.Distinct().Count());
    }
}
