using System;
using System.Linq;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Golden;

/// <summary>The 128 recorded objects, read and written.</summary>
public sealed class GoldenVectorTests : SegmentTest
{
    public static TheoryData<string> Names => [.. GoldenVector.All.Select(vector => vector.Name)];

    [Fact]
    public void There_are_128_vectors() => Assert.Equal(128, GoldenVector.All.Count);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_recorded_object_is_read(string vectorName)
    {
        GoldenVector vector = Find(vectorName);
        Segments.Write(Name(), vector.Segment);

        using SharedObject<object?> handle = SharedObject.OpenAny(Name());

        Assert.True(JsonForm.SameBits(vector.Value, handle.Fetch()));
        Assert.Equal(BitConverter.ToInt64(vector.Segment), handle.Timestamp);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Making_and_assigning_the_value_gives_the_recorded_bytes(string vectorName)
    {
        GoldenVector vector = Find(vectorName);
        var options = new SharedObjectOptions { InitSize = vector.InitSize };
        using SharedObject<object?> handle = SharedObject.Create(Name(), vector.WasReassigned ? vector.FirstAssigned : vector.Value, options);
        if (vector.WasReassigned)
        {
            handle.Assign(vector.Value);
        }

        byte[] written = Segments.Read(Name());
        Assert.Equal(Convert.ToHexString(vector.Segment.AsSpan(8)), Convert.ToHexString(written.AsSpan(8, vector.Segment.Length - 8)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Assigning_over_other_contents_gives_the_recorded_bytes(string vectorName)
    {
        GoldenVector vector = Find(vectorName);
        Segments.Write(Name(), vector.Segment);
        using SharedObject<object?> handle = SharedObject.OpenAny(Name());

        handle.Assign(vector.Value);

        Assert.Equal(Convert.ToHexString(vector.Segment.AsSpan(8)), Convert.ToHexString(Segments.Read(Name()).AsSpan(8, vector.Segment.Length - 8)));
    }

    private static GoldenVector Find(string name) => GoldenVector.All.Single(vector => vector.Name == name);
}
