using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using SharedObjects.Benchmarks.Peers;

namespace SharedObjects.Benchmarks.Wake;

/// <summary>Two processes, one of which wakes the other; both speak as wake.c says.</summary>
/// <param name="name">The figure's name.</param>
/// <param name="waiter">Answers with a line of numbers for each of its figures.</param>
/// <param name="writer">Writes.</param>
/// <param name="more">The names of what the waiter measures besides.</param>
internal sealed class WakePair(string name, Child waiter, Child writer, params string[] more) : IDisposable
{
    private const double Microsecond = 1000;

    private readonly string[] _names = [name, .. more];

    /// <summary>The times of all wakes in microseconds, by figure and round.</summary>
    internal Dictionary<string, List<double[]>> Rounds { get; } = more.Append(name).ToDictionary(static name => name, static _ => new List<double[]>());

    internal void Hear()
    {
        waiter.Hear();
        writer.Hear();
    }

    internal void Round(int wakes, long gap, bool counts)
    {
        string command = string.Create(CultureInfo.InvariantCulture, $"{wakes} {gap}");
        if (waiter.Ask(command) != "ready" || writer.Ask(command) != "done")
        {
            throw Ended();
        }

        foreach (string figure in _names)
        {
            double[] times = [.. (waiter.Hear() ?? throw Ended()).Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(static time => long.Parse(time, CultureInfo.InvariantCulture) / Microsecond)
                .Where(static time => time >= 0)]; // else the next value came between the wait and the look at its stamp
            if (counts)
            {
                Rounds[figure].Add(times);
            }
        }
    }

    public void Dispose()
    {
        waiter.Dispose();
        writer.Dispose();
    }

    private IOException Ended() => new($"a process of {name} has ended, or waited for a value that did not come");
}
