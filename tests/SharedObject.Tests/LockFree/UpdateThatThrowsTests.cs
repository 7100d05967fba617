using System;
using SharedObjects.Tests.Schemas;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.LockFree;

/// <summary>An update that throws half-way leaves the old value where it can, and else one that nobody reads.</summary>
public sealed class UpdateThatThrowsTests : SegmentTest
{
    [Fact]
    public void A_small_object_stays_as_it_was_and_is_still_read_without_the_lock()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using SharedArray<byte> array = SharedArray<byte>.Publish(Name("a"), new byte[4000], [4000]);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        using var rawArray = new RawSegment(Name("a"), Made.ArraySize(4000));
        byte[] before = raw.Copy, beforeArray = rawArray.Copy;
        Assert.Throws<InvalidTimeZoneException>(() => handle.UpdateInPlace(0, static (bytes, in context, state) =>
        {
            bytes.Fill(9);
            throw new InvalidTimeZoneException();
        }));
        Assert.Throws<InvalidTimeZoneException>(() => array.Update(view =>
        {
            view.Fill(9);
            throw new InvalidTimeZoneException();
        }));
        Assert.Equal(before, raw.Copy);
        Assert.Equal(beforeArray, rawArray.Copy);
        raw.WhileLocked(() => Assert.Equal(1.5, handle.Fetch()));
        Assert.False(handle.Modified);
        handle.Assign(2.5);
    }

    [Fact]
    public void A_large_one_is_torn_for_all_until_the_next_assign()
    {
        byte[] elements = new byte[Made.Many];
        using SharedArray<byte> array = SharedArray<byte>.Publish(Name(), elements, [elements.Length]);
        using SharedArray<byte> other = SharedArray<byte>.Open(Name());
        Assert.Throws<InvalidTimeZoneException>(() => array.Update(view =>
        {
            view[0] = 9;
            Assert.False(other.TryFetchInto(new byte[Made.Many])); // in the middle, nobody gets it
            throw new InvalidTimeZoneException();
        }));
        foreach (SharedArray<byte> each in new[] { array, other })
        {
            Assert.Throws<SharedTornException>(() => each.FetchInto(elements));
            Assert.False(each.TryFetchInto(elements, TimeSpan.FromMinutes(1)));
            Assert.Throws<SharedTornException>(() => each.Update(_ => { }));
        }

        using SharedArray<byte> later = SharedArray<byte>.Open(Name());
        Assert.Throws<SharedTornException>(() => later.Fetch());
        byte[] whole = new byte[Made.Many];
        whole.AsSpan().Fill(3);
        other.Assign(whole);
        foreach (SharedArray<byte> each in new[] { array, other, later })
        {
            each.FetchInto(elements);
            Assert.Equal(whole, elements);
        }

        array.Update(view => view[0]++); // changes a whole value again
        other.FetchInto(elements);
        Assert.Equal(4, elements[0]);
    }

    [Fact]
    public void So_is_a_large_record()
    {
        using SharedObject<Large> handle = Large.Create(Name(), new Large());
        using SharedObject<Large> other = Large.Open(Name());
        Assert.Throws<InvalidTimeZoneException>(() =>
            handle.UpdateInPlace(0, static (bytes, in context, state) => throw new InvalidTimeZoneException()));
        Assert.Throws<SharedTornException>(() => other.Fetch());
        Assert.Throws<SharedTornException>(() => handle.Fetch());
        handle.Assign(new Large());
        Assert.True(other.TryFetch(out _));
    }

    [Fact]
    public void A_large_one_without_a_trailer_which_could_not_be_told_to_be_torn_stays_as_it_was()
    {
        var options = new SharedObjectOptions { Adopt = false };
        SharedArray<byte>.Create(Name(), [Made.Many]).Dispose();
        Large.Create(Name("record"), new Large { Id = 5 }).Dispose();
        WithoutTrailer(Name(), Made.ArraySize(Made.Many));
        int size;
        using (SharedObject<Large> first = Large.Open(Name("record")))
        {
            size = first.Layout.BufferSize;
        }

        WithoutTrailer(Name("record"), size);
        using SharedArray<byte> array = SharedArray<byte>.Open(Name(), options);
        using SharedObject<Large> record = Large.Open(Name("record"), options);
        array.Assign(new byte[Made.Many]);
        byte[] before = Segments.Read(Name()), beforeRecord = Segments.Read(Name("record"));
        Assert.Throws<InvalidTimeZoneException>(() => array.Update(view =>
        {
            view[0] = 9;
            throw new InvalidTimeZoneException();
        }));
        Assert.Throws<InvalidTimeZoneException>(() => record.UpdateInPlace(0, static (bytes, in context, state) =>
        {
            bytes[RawSegment.Data..].Fill(9);
            throw new InvalidTimeZoneException();
        }));
        Assert.Equal(before, Segments.Read(Name()));
        Assert.Equal(beforeRecord, Segments.Read(Name("record")));
        array.Update(view => view[^1] = 9);
        Assert.Equal(9, array.Fetch()[Made.Many - 1]);
        Assert.False(array.HasTrailer);
        Assert.False(record.HasTrailer);
    }

    /// <summary>Makes of a segment what a plain process would have made.</summary>
    private static void WithoutTrailer(string name, int size) => Segments.Write(name, Segments.Read(name).AsSpan(0, size));
}
