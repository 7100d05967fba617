using System;
using System.Collections.Generic;
using System.Globalization;
using HdrHistogram;
using SharedObjects.Benchmarks.Peers;
using SharedObjects.Benchmarks.Ratios;

namespace SharedObjects.Benchmarks.Latency;

/// <content>
/// What readers that never pause cost a writer. It has a core of its own, and they share another: on a machine of two cores, four of them
/// would otherwise take its time, which is the scheduler's doing and nobody's who shares memory.
/// </content>
internal static partial class LatencyCommand
{
    private const int Readers = 4, WriterCore = 0, ReaderCore = 1;

    internal static int RunCrowd(double seconds)
    {
        using var fixture = new Fixture();
        TimeSpan each = TimeSpan.FromSeconds(seconds);
        Joints value = new(new double[8]);
        Console.WriteLine($"{"ns",-56}{"calls",12}{"p50",12}{"p99",12}{"p99.9",12}{"max",12}");
        List<(string Name, Func<LongHistogram> Measure)> crowds =
        [
            ("alone", () => Assign("alone")),
            ("beside 4 C# readers that spin", () => Beside(() => Assign("beside 4 C# readers that spin"))),
        ];
        if (Python.Path is not null)
        {
            crowds.Add(("beside 4 plain Python readers that spin", () => BesidePythonReaders(() => Assign("beside 4 plain Python readers that spin"))));
        }

        // In turns, as the machine may be busy with other things now and then.
        const int Rounds = 3;
        Dictionary<string, List<long>> p99 = [];
        for (int round = 0; round < Rounds; round++)
        {
            foreach ((string name, Func<LongHistogram> measure) in crowds)
            {
                p99.TryAdd(name, []);
                p99[name].Add(measure().GetValueAtPercentile(99));
            }
        }

        double alone = Median(p99["alone"]);
        foreach ((string name, List<long> values) in p99)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"p99 of assign 64 B, {name}: {Median(values):N0} ns, {Median(values) / alone:0.00} of alone"));
        }

        return 0;

        LongHistogram Assign(string crowd)
        {
            Cores.RunOn(WriterCore); // not before, as children that are started inherit it
            LongHistogram histogram = Measure($"assign 64 B, {crowd}", each, () => fixture.Joints.Assign(value));
            Cores.RunAnywhere();
            return histogram;
        }

        LongHistogram Beside(Func<LongHistogram> measure)
        {
            LongHistogram? result = null;
            WithChildren(fixture, Roles.FetchFirst, Readers, () => result = measure(), ReaderCore);
            return result!;
        }

        LongHistogram BesidePythonReaders(Func<LongHistogram> measure)
        {
            List<Child> readers = [];
            try
            {
                for (int i = 0; i < Readers; i++)
                {
                    readers.Add(Python.Start(
                        "read", fixture.Joints.Name, Fixture.JointsOffset.ToString(CultureInfo.InvariantCulture), "64", $"{ReaderCore}"));
                    readers[i].Hear();
                }

                return measure();
            }
            finally
            {
                readers.ForEach(static reader => reader.Dispose());
            }
        }

        static long Median(List<long> values)
        {
            List<long> sorted = [.. values];
            sorted.Sort();
            return sorted[sorted.Count / 2];
        }
    }
}
