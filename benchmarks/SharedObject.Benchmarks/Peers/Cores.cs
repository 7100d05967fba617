using System;
using SharedObjects.Benchmarks.Baselines;

namespace SharedObjects.Benchmarks.Peers;

/// <summary>Where the calling thread may run: two that are to run at once must not be put on one core.</summary>
internal static unsafe class Cores
{
    internal const ulong All = ulong.MaxValue;

    internal static void RunOn(int core) => Set(1UL << (core % Environment.ProcessorCount));

    internal static void RunAnywhere() => Set(All);

    private static void Set(ulong mask) => _ = Native.sched_setaffinity(0, sizeof(ulong), &mask);
}
