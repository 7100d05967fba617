using System.Collections.Generic;
using System.Linq;

namespace SharedObjects.Benchmarks.Measuring;

/// <summary>A measured quantity: nanoseconds for one operation, unless its name says otherwise.</summary>
/// <param name="Name">The name.</param>
/// <param name="Rounds">The value of each round.</param>
internal sealed record Figure(string Name, IReadOnlyList<double> Rounds)
{
    internal double Median { get; } = Statistics.Median(Rounds);

    internal double Spread { get; } = Statistics.Spread([.. Rounds]);

    /// <summary>What one costs more than the other, round by round.</summary>
    internal static Figure Difference(string name, Figure whole, Figure part) =>
        new(name, [.. whole.Rounds.Zip(part.Rounds, static (a, b) => a - b)]);
}
