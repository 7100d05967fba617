using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using SharedObjects.Benchmarks.Peers;

namespace SharedObjects.Benchmarks.Bridge;

/// <summary>A way from a writer to a reader, and what was measured on it.</summary>
/// <param name="name">Its name in figures.</param>
/// <param name="writer">Writes.</param>
/// <param name="reader">Reads.</param>
/// <param name="between">Other processes that it needs.</param>
internal sealed class BridgePath(string name, Child writer, Child reader, params Child[] between) : IDisposable
{
    private const double Microsecond = 1000;

    internal string Name => name;

    /// <summary>Ages in microseconds, by round.</summary>
    internal List<double[]> Ages { get; } = [];

    /// <summary>Milliseconds from one value to the next that has come, when more are written than go through; by round.</summary>
    internal List<double> Steps { get; } = [];

    /// <summary>A round at a rate.</summary>
    internal void Paced(int count, long gap, bool counts)
    {
        (double[] ages, _) = Round(count, gap);
        if (counts)
        {
            Ages.Add(ages);
        }
    }

    /// <summary>A round of as much as goes through.</summary>
    internal void Full(int count, long gap, bool counts)
    {
        (double[] ages, double took) = Round(count, gap);
        if (counts)
        {
            Steps.Add(took / Math.Max(1, ages.Length - 1) / Microsecond);
        }
    }

    public void Dispose()
    {
        writer.Dispose();
        reader.Dispose();
        Array.ForEach(between, static child => child.Dispose());
    }

    private (double[] Ages, double Took) Round(int count, long gap)
    {
        string command = string.Create(CultureInfo.InvariantCulture, $"{count} {gap}");
        if (reader.Ask(command) != "ready" || writer.Ask(command) != "done")
        {
            throw Ended();
        }

        double[] ages = [.. (reader.Hear() ?? throw Ended()).Split(' ').Select(Microseconds)];
        return (ages, Microseconds(reader.Hear() ?? throw Ended()));
    }

    private static double Microseconds(string nanoseconds) => long.Parse(nanoseconds, CultureInfo.InvariantCulture) / Microsecond;

    private IOException Ended() => new($"a process of {name} has ended, or waited for a value that did not come");
}
