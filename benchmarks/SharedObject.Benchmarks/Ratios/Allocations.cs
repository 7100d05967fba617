using System;
using System.Linq;
using SharedObjects.Samples.RobotCell.Schemas;

namespace SharedObjects.Benchmarks.Ratios;

/// <summary>What is allocated by operations that should allocate nothing.</summary>
internal static class Allocations
{
    private const int Operations = 1000;

    /// <summary>The most that any of the fetches allocates.</summary>
    internal static double PerFetch(Fixture fixture)
    {
        byte[] pixels = new byte[Fixture.ImageSize];
        Joints joints = fixture.Joints.Fetch();
        LockedJoints locked = fixture.JointsLocked.Fetch();
        ArmState state = fixture.State.Fetch();
        Action[] fetches =
        [
            () => fixture.Joints.FetchInto(ref joints),
            () => fixture.JointsLocked.FetchInto(ref locked),
            () => fixture.State.FetchInto(ref state),
            () => fixture.Transform.Fetch(),
            () => fixture.Number.Fetch(),
            () => fixture.Joints.Fetch(static view => view.Values[3]),
            () => fixture.Image.FetchInto(pixels),
        ];
        return fetches.Max(Of);
    }

    private static double Of(Action operation)
    {
        operation();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Operations; i++)
        {
            operation();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Operations;
    }
}
