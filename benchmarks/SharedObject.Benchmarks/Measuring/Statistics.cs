using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;

namespace SharedObjects.Benchmarks.Measuring;

internal static class Statistics
{
    internal static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    /// <summary>The distance between the quartiles.</summary>
    internal static double Spread(IReadOnlyCollection<double> values) => Quantile(values, 0.75) - Quantile(values, 0.25);

    internal static double Nanoseconds(long ticks) => ticks * (1e9 / Stopwatch.Frequency);

    /// <summary>The value that the given share of all does not exceed, interpolated between neighbours.</summary>
    internal static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
