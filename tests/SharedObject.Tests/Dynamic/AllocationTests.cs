using System;

namespace SharedObjects.Tests.Dynamic;

/// <summary>A value that has the layout of the one before is not parsed: reading it allocates what the value itself needs, no more.</summary>
public sealed class AllocationTests : DynamicTest
{
    private const int Iterations = 1000, Rounds = 100;

    [Fact]
    public void Reading_a_scalar_allocates_nothing_and_an_array_its_elements()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), 1.5);
        using SharedDynamicObject other = SharedDynamicObject.Open(Name());
        Assert.Equal(0, Allocated(() => handle.Fetch<double>(), most: 0));
        Assert.Equal(0, Allocated(() => handle.TryFetch(out double _), most: 0));

        byte[] elements = new byte[100_000];
        SharedList list = SharedList.From([1L, 2L, "text"]);
        other.Assign(list);
        long whole = Allocated(() => handle.Fetch(), most: 400);
        Assert.True(whole <= 400, $"{whole} bytes a read"); // three boxes or texts, their array and list; a layout alone has more
        other.Assign(NDArray.Create<byte>(elements, elements.Length));
        Assert.InRange(Allocated(() => handle.Fetch(), most: elements.Length + 200), elements.Length, elements.Length + 200);
    }

    /// <summary>Bytes a call, once the code has been compiled for good, which happens in the background.</summary>
    private static long Allocated(Action action, long most)
    {
        long allocated = 0;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Iterations; i++)
            {
                action();
            }

            allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / Iterations;
            if (allocated <= most)
            {
                break;
            }
        }

        return allocated;
    }
}
