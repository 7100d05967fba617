using System;
using System.Diagnostics;
using System.Globalization;

namespace SharedObjects.Generators.Benchmarks;

/// <summary>
/// The same measurements in processor time of the whole process, for a machine that others use too: what the clock on the wall
/// says there is mostly about them.
/// </summary>
internal static class CpuTimes
{
    private const int WarmUps = 15;
    private const int Runs = 41;

    internal static void Run()
    {
        var benchmarks = new GeneratorBenchmarks();
        benchmarks.Setup();
        Measure(nameof(benchmarks.CompilerAlone), benchmarks.Fresh, () => benchmarks.CompilerAlone());
        Measure(nameof(benchmarks.FromCold), benchmarks.Fresh, () => benchmarks.FromCold());
        Measure(nameof(benchmarks.KeystrokeElsewhere), benchmarks.TypeElsewhere, () => benchmarks.KeystrokeElsewhere());
        Measure(nameof(benchmarks.KeystrokeInASchema), benchmarks.TypeInASchema, () => benchmarks.KeystrokeInASchema());
        Measure(nameof(benchmarks.Analyzer), benchmarks.Fresh, () => benchmarks.Analyzer());
    }

    private static void Measure(string name, Action prepare, Action action)
    {
        double[] cpu = new double[Runs], wall = new double[Runs];
        for (int i = -WarmUps; i < Runs; i++)
        {
            prepare();
            GC.Collect();
            TimeSpan before = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            action();
            if (i >= 0)
            {
                wall[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                cpu[i] = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
            }
        }

        Array.Sort(cpu);
        Array.Sort(wall);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-20} processor: median {cpu[Runs / 2],6:0} ms, least {cpu[0],6:0} ms; wall: median {wall[Runs / 2],6:0} ms, least {wall[0],6:0} ms"));
    }
}
