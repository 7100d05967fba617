using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using SharedObjects.Benchmarks.Baselines;
using SharedObjects.Benchmarks.Measuring;
using SharedObjects.Benchmarks.Peers;
using SharedObjects.Benchmarks.Ratios;

namespace SharedObjects.Benchmarks.Wake;

/// <summary>What processes cost that wait for objects that nobody writes: all at the same time, each measured by itself.</summary>
internal static class IdleCosts
{
    private const int Many = 200;

    private static readonly (string Figure, IdleWay Way, int Objects, bool ByPython)[] Kinds =
    [
        ("idle_cpu_nothing_pct", IdleWay.Not, 0, false),
        ("idle_cpu_pct", IdleWay.Threads, 1, false),
        ("idle_cpu_async_pct", IdleWay.Tasks, 1, false),
        ("idle_cpu_200_pct", IdleWay.Threads, Many, false),
        ("idle_cpu_200_async_pct", IdleWay.Tasks, Many, false),
        ("idle_cpu_python_pct", IdleWay.Threads, 1, true),
        ("idle_cpu_python_async_pct", IdleWay.Tasks, 1, true),
        ("idle_cpu_python_200_pct", IdleWay.Threads, Many, true),
        ("idle_cpu_python_200_async_pct", IdleWay.Tasks, Many, true),
    ];

    /// <summary>Percent of a core, several times.</summary>
    internal static List<Figure> Measure(int rounds, double seconds)
    {
        string[] ours = [.. Enumerable.Range(0, Many).Select(static i => Fixture.Name($"idle{i}"))];
        string[] pythons = [.. Enumerable.Range(0, Many).Select(static i => Fixture.Name($"idle-python{i}"))];
        List<Child> children = [];
        try
        {
            Array.ForEach(ours, static name => SharedObject.Publish(name, 0.5).Dispose());
            Array.ForEach(pythons, MakeAsPython);
            foreach ((_, IdleWay way, int objects, bool byPython) in Kinds)
            {
                children.Add(Child.OfThisProgram([IdleRole.Name, way.ToString(), .. (byPython ? pythons : ours)[..objects]]));
                children[^1].Hear();
            }

            Thread.Sleep(TimeSpan.FromSeconds(seconds)); // until the compiler is done, and the steps between looks are as long as they get
            var shares = Kinds.Select(static _ => new List<double>()).ToList();
            for (int round = 0; round < rounds; round++)
            {
                children.ForEach(child => child.Tell(seconds.ToString(CultureInfo.InvariantCulture)));
                for (int i = 0; i < Kinds.Length; i++)
                {
                    shares[i].Add(double.Parse(children[i].Hear() ?? throw new IOException($"the process of {Kinds[i].Figure} has ended"), CultureInfo.InvariantCulture));
                }
            }

            return [.. Kinds.Zip(shares, static (kind, shares) => new Figure(kind.Figure, shares))];
        }
        finally
        {
            children.ForEach(static child => child.Dispose());
            foreach (string name in ours.Concat(pythons))
            {
                File.Delete(Path.Combine("/dev/shm", name));
            }
        }
    }

    /// <summary>Makes a segment with a float as a plain Python process does: no trailer behind it.</summary>
    private static void MakeAsPython(string name)
    {
        const byte FloatTag = 3;
        byte[] bytes = new byte[sizeof(long) + 1 + sizeof(double)];
        BitConverter.TryWriteBytes(bytes, Native.Now());
        bytes[sizeof(long)] = FloatTag;
        File.WriteAllBytes(Path.Combine("/dev/shm", name), bytes);
    }
}
