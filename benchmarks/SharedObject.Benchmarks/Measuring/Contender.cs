using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace SharedObjects.Benchmarks.Measuring;

/// <summary>One operation that is measured: a loop over it, and what came of each round.</summary>
/// <param name="name">The figure's name.</param>
/// <param name="loop">Does the operation as often as it is told to.</param>
internal sealed class Contender(string name, Action<int> loop)
{
    private const double LeastBatch = 50_000; // ns: two thousand times what reading the clock costs
    private const int BatchesInRound = 7;

    private readonly double[] _batches = new double[BatchesInRound];
    private int _operations = 1;

    internal string Name => name;

    /// <summary>Nanoseconds for one operation: the median of each round's batches.</summary>
    internal List<double> Rounds { get; } = [];

    /// <summary>Runs it for a while, so that the compiler sees what it must be fast at, and finds out how long a batch must be.</summary>
    internal void WarmUp(TimeSpan duration)
    {
        long began = Stopwatch.GetTimestamp();
        do
        {
            double batch = Time(_operations);
            if (batch < LeastBatch)
            {
                _operations = (int)Math.Min(1 << 20, Math.Max(_operations + 1, _operations * Math.Min(8, 1.2 * LeastBatch / batch)));
            }
        }
        while (Stopwatch.GetElapsedTime(began) < duration);
    }

    internal void Round()
    {
        for (int i = 0; i < BatchesInRound; i++)
        {
            _batches[i] = Time(_operations) / _operations;
        }

        Rounds.Add(Statistics.Median(_batches));
    }

    private double Time(int operations)
    {
        long began = Stopwatch.GetTimestamp();
        loop(operations);
        return Statistics.Nanoseconds(Stopwatch.GetTimestamp() - began);
    }
}
