using System;
using System.Diagnostics;
using System.Globalization;
using SharedObjects.Benchmarks.Baselines;
using SharedObjects.Benchmarks.Measuring;

namespace SharedObjects.Benchmarks.Ratios;

/// <summary>One figure's operation and nothing else, for a profiler or a look at the machine code.</summary>
internal static class LoopCommand
{
    internal static int Run(string name, double seconds)
    {
        using var fixture = new Fixture();
        using var store = new MemoryPackStore(Fixture.Name("memorypack"));
        using var socket = new SocketValue();
        if (Contenders.All(fixture, store, socket).Find(contender => contender.Name == name) is not { } contender)
        {
            Console.Error.WriteLine($"no operation '{name}'");
            return 2;
        }

        long began = Stopwatch.GetTimestamp();
        contender.WarmUp(TimeSpan.FromSeconds(1));
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds)
        {
            contender.Round();
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {Statistics.Median(contender.Rounds):0.###} ns, spread {Statistics.Spread(contender.Rounds):0.###}"));
        return 0;
    }
}
