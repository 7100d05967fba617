using System;
using System.Collections.Generic;
using System.Linq;

namespace SharedObjects.Cli.Following;

/// <summary>Numbers of one interval, and what describes them.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    internal int Count => _values.Count;

    internal double Mean => _values.Average();

    internal double Min => _values.Min();

    internal double Max => _values.Max();

    /// <summary>The standard deviation of all of them.</summary>
    internal double Deviation
    {
        get
        {
            double mean = Mean;
            return Math.Sqrt(_values.Sum(value => (value - mean) * (value - mean)) / _values.Count);
        }
    }

    internal void Add(double value) => _values.Add(value);

    internal void Clear() => _values.Clear();

    /// <summary>The smallest value that so many percent of the values are not above.</summary>
    internal double Percentile(double percent)
    {
        double[] sorted = [.. _values.Order()];
        return sorted[Math.Max((int)Math.Ceiling(percent / 100 * sorted.Length) - 1, 0)];
    }
}
