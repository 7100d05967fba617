using System;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.LockFree;

/// <summary>In a steady state nothing is allocated, with the lock or without.</summary>
public sealed class AllocationTests : SegmentTest
{
    private const int Iterations = 1000, Rounds = 300;

    [Fact]
    public void Reading_allocates_nothing()
    {
        byte[] elements = new byte[Made.Many];
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using SharedArray<byte> small = SharedArray<byte>.Publish(Name("s"), new byte[64], [64]);
        using SharedArray<byte> large = SharedArray<byte>.Publish(Name("l"), elements, [elements.Length]);
        using SharedObject<int[]> typed = SharedObject.Create(Name("t"), new int[Made.Many]);
        double value = 0;
        bool news = false;
        int[] array = typed.Fetch();
        AssertNothing(() => handle.Fetch());
        AssertNothing(() => handle.FetchInto(ref value));
        AssertNothing(() => handle.TryFetch(out value));
        AssertNothing(() => handle.FetchView(0, static (bytes, in context, state) => bytes[9]));
        AssertNothing(() => news |= handle.Modified | handle.Triggered);
        AssertNothing(() => news |= handle.Timestamp < 0 | handle.LastSeen < 0);
        AssertNothing(() => small.FetchInto(elements.AsSpan(0, 64)));
        AssertNothing(() => large.FetchInto(elements));
        AssertNothing(() => large.TryFetchInto(elements));
        AssertNothing(() => large.Fetch(static view => view[0]));
        AssertNothing(() => typed.FetchInto(ref array));
        Assert.False(news);
    }

    [Fact]
    public void Neither_does_reading_new_values_of_plain_writers_and_healing_them()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        bool missed = false;
        AssertNothing(() =>
        {
            raw.MtimeWord++;
            missed |= !handle.Modified;
            handle.Fetch();
            missed |= handle.Modified;
        });
        Assert.False(missed);
    }

    [Fact]
    public void Nor_writing()
    {
        byte[] elements = new byte[Made.Many];
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using SharedArray<byte> large = SharedArray<byte>.Publish(Name("l"), elements, [elements.Length]);
        AssertNothing(() => handle.Assign(2.5));
        AssertNothing(() => handle.Trigger());
        AssertNothing(() => handle.UpdateInPlace(0, static (bytes, in context, state) => bytes[10]++));
        AssertNothing(() => large.Assign(elements));
        AssertNothing(() => large.Update(static view => view[0]++));
    }

    private static void AssertNothing(Action action)
    {
        long allocated = 0;
        // Until the code has been compiled for good, which happens in the background.
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Iterations; i++)
            {
                action();
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated == 0)
            {
                return;
            }
        }

        Assert.Fail($"{Iterations} calls allocated {allocated} bytes");
    }
}
