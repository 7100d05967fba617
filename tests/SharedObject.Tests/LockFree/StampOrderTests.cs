using System;
using System.Threading.Tasks;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.LockFree;

/// <summary>Stamps are unique, and only grow, whatever the clock does.</summary>
public sealed class StampOrderTests : SegmentTest
{
    private const ulong Hour = 3_600_000_000_000, Day = 24 * Hour;

    private static ulong Now => (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;

    [Fact]
    public void Where_the_clock_is_behind_each_write_goes_one_further()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using SharedArray<byte> array = SharedArray<byte>.Publish(Name("a"), new byte[8], [8]);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        using var rawArray = new RawSegment(Name("a"), Made.ArraySize(8));
        ulong ahead = Now + Hour;
        raw.MtimeWord = rawArray.MtimeWord = ahead;
        (Action Act, RawSegment Segment)[] steps =
        [
            (() => handle.Assign(2.5), raw),
            (() => handle.Trigger(), raw),
            (() => handle.UpdateInPlace(0, static (bytes, in context, state) => bytes[10]++), raw),
            (() => array.Assign(new byte[8]), rawArray),
            (() => array.Trigger(), rawArray),
            (() => array.Update(_ => { }), rawArray),
        ];
        for (int i = 0; i < steps.Length; i++)
        {
            steps[i].Act();
            Assert.Equal(ahead + 1 + (ulong)(i % 3), steps[i].Segment.MtimeWord);
            Assert.Equal(steps[i].Segment.MtimeWord, steps[i].Segment.CommitWord);
        }
    }

    [Theory]
    [InlineData(RawSegment.Commit)]
    [InlineData(RawSegment.Writing)]
    public void The_trailers_stamps_count_too(int word)
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        ulong ahead = Now + Hour;
        BitConverter.TryWriteBytes(raw.Bytes[(raw.Trailer + word)..], ahead); // Python has written since, by a clock that was set back
        handle.Assign(2.5);
        Assert.Equal(ahead + 1, raw.MtimeWord);
        raw.WhileLocked(() => Assert.Equal(2.5, handle.Fetch()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(RawSegment.Commit)]
    [InlineData(RawSegment.Writing)]
    public void One_of_more_than_a_day_ahead_is_garbage_and_not_followed(int word)
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        foreach (ulong garbage in new[] { Now + (2 * Day), ulong.MaxValue })
        {
            BitConverter.TryWriteBytes(raw.Bytes[(word == 0 ? 0 : raw.Trailer + word)..], garbage);
            ulong before = Now;
            handle.Assign(2.5);
            Assert.InRange(raw.MtimeWord, before, before + Day);
            Assert.Equal(raw.MtimeWord, raw.CommitWord);
            raw.WhileLocked(() => Assert.Equal(2.5, handle.Fetch()));
        }
    }

    [Fact]
    public async Task No_two_writes_of_any_handle_have_the_same()
    {
        const int Count = 20_000;
        using SharedObject<long> first = SharedObject.Create(Name(), 0L);
        using SharedObject<long> second = SharedObject.Open<long>(Name());
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        raw.MtimeWord = Now + Hour; // so that they can only count
        ulong start = raw.MtimeWord;
        await Task.WhenAll(Background.Run(() => Write(first)), Background.Run(() => Write(second)));
        Assert.Equal(start + (2 * Count), raw.MtimeWord);
        Assert.Equal(raw.MtimeWord, raw.CommitWord);

        static void Write(SharedObject<long> handle)
        {
            long last = 0;
            for (int i = 0; i < Count; i++)
            {
                handle.Assign(i, TimeSpan.FromMinutes(1));
                Assert.True(handle.LastSeen > last);
                last = handle.LastSeen;
            }
        }
    }
}
