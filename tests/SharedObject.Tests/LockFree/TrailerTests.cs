using System;
using System.Linq;
using SharedObjects.Tests.Support;
using SharedObjects.Wire;

namespace SharedObjects.Tests.LockFree;

/// <summary>The trailer, byte by byte: other programs have these numbers too.</summary>
public sealed class TrailerTests : SegmentTest
{
    private static readonly byte[] s_magic = [(byte)'S', (byte)'H', (byte)'O', (byte)'B', (byte)'T', (byte)'R', (byte)'L', 1];

    [Fact]
    public void The_names_mean_these_numbers()
    {
        Assert.Equal(s_magic, BitConverter.GetBytes(TrailerArea.Magic));
        Assert.Equal(
            (128, 128, 1, 0, 8, 16, 24, 64, 68),
            (TrailerArea.Size, TrailerArea.Alignment, (int)TrailerArea.Version, TrailerArea.MagicOffset, TrailerArea.WritingOffset,
                TrailerArea.CommitOffset, TrailerArea.SchemaHashOffset, TrailerArea.WakeOffset, TrailerArea.WaitersOffset));
        Assert.Equal(
            [(0, 128), (128, 256), (128, 256), (256, 384), (4096, 4224)],
            new[] { 0, 17, 128, 129, 4000 }.Select(size => (TrailerArea.OffsetFor(size), TrailerArea.SegmentSizeFor(size))));
    }

    [Fact]
    public void A_new_object_has_a_trailer_with_the_stamp_of_its_value()
    {
        SharedObject.Create(Name(), 1.5).Dispose();
        byte[] bytes = Segments.Read(Name());
        Assert.Equal(256, bytes.Length);
        byte[] trailer = bytes[128..];
        Assert.Equal(s_magic, trailer[..8]);
        Assert.Equal(0UL, BitConverter.ToUInt64(trailer, 8));
        Assert.NotEqual(0UL, BitConverter.ToUInt64(trailer, 16));
        Assert.Equal(BitConverter.ToUInt64(bytes), BitConverter.ToUInt64(trailer, 16));
        Assert.All(trailer[24..], b => Assert.Equal(0, b)); // no schema, no writes since, nobody waits
        Assert.All(bytes[17..128], b => Assert.Equal(0, b));
    }

    [Fact]
    public void A_codec_leaves_the_hash_of_its_schema()
    {
        SharedObject.Create(Name("a"), 1.5, new Hashed()).Dispose();
        SharedObject.OpenOrCreate<double>(Name("b"), codec: new Hashed()).Dispose();
        foreach (string name in new[] { Name("a"), Name("b") })
        {
            byte[] bytes = Segments.Read(name);
            Assert.Equal(0x0102_0304_0506_0708UL, BitConverter.ToUInt64(bytes, 128 + 24));
            Assert.Equal(name == Name("a"), BitConverter.ToUInt64(bytes) != 0); // the other was never assigned
            Assert.Equal(BitConverter.ToUInt64(bytes), BitConverter.ToUInt64(bytes, 128 + 16));
        }

        using var raw = new RawSegment(Name("a"), Made.DoubleSize);
        using SharedObject<double> handle = SharedObject.Open<double>(Name("a")); // a codec without one
        handle.Assign(2.5);
        Assert.Equal(8, raw.Bytes[raw.Trailer + 24]);
    }

    [Theory]
    [InlineData(101, 128)] // an object of 127 bytes
    [InlineData(102, 128)]
    [InlineData(103, 256)]
    [InlineData(4070, 4096)]
    [InlineData(4071, 4224)]
    public void It_begins_at_a_multiple_of_128(int length, int trailer)
    {
        SharedArray<byte>.Publish(Name(), new byte[length], [length]).Dispose();
        byte[] bytes = Segments.Read(Name());
        Assert.Equal(trailer + 128, bytes.Length);
        Assert.Equal(s_magic, bytes[trailer..(trailer + 8)]);
        Assert.Equal(BitConverter.ToUInt64(bytes), BitConverter.ToUInt64(bytes, trailer + 16));
    }

    [Fact]
    public void One_that_was_never_assigned_has_no_commit()
    {
        SharedTrigger.OpenOrCreate(Name()).Dispose();
        byte[] bytes = Segments.Read(Name());
        Assert.Equal(256, bytes.Length);
        Assert.Equal(s_magic, bytes[128..136]);
        Assert.All(bytes[136..], b => Assert.Equal(0, b));
    }

    [Fact]
    public void Every_write_and_trigger_commits_its_stamp_and_counts_in_wake()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using SharedArray<int> array = SharedArray<int>.Publish(Name("a"), [1, 2, 3], [3]);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        using var rawArray = new RawSegment(Name("a"), Made.ArraySize(12));
        uint wake = rawArray.WakeWord; // Publish may or may not have assigned once more
        (Action Act, RawSegment Segment, uint Count)[] steps =
        [
            (() => handle.Assign(2.5), raw, 1),
            (() => handle.Trigger(), raw, 2),
            (() => handle.UpdateInPlace(0, static (bytes, in context, state) => bytes[10]++), raw, 3),
            (() => array.Assign([4, 5, 6]), rawArray, wake + 1),
            (() => array.Update(view => view[0]++), rawArray, wake + 2),
            (() => array.Trigger(), rawArray, wake + 3),
        ];
        foreach ((Action act, RawSegment segment, uint count) in steps)
        {
            ulong before = segment.MtimeWord;
            act();
            Assert.True(segment.MtimeWord > before);
            Assert.Equal(segment.MtimeWord, segment.CommitWord);
            Assert.Equal(0UL, segment.WritingWord);
            Assert.Equal(count, segment.WakeWord);
        }
    }

    private sealed class Hashed : SharedCodec<double>
    {
        public override ObjectLayout FixedLayout { get; } = new(ValueLayout.Float);

        public override ulong SchemaHash => 0x0102_0304_0506_0708;

        public override void Validate(in double value, in CodecContext context)
        {
        }

        public override void Write(in double value, Span<byte> bytes, in CodecContext context) => BitConverter.TryWriteBytes(bytes[9..], value);

        public override double Read(ReadOnlySpan<byte> bytes, in CodecContext context) => BitConverter.ToDouble(bytes[9..]);
    }
}
