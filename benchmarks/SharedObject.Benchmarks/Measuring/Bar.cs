using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;

namespace SharedObjects.Benchmarks.Measuring;

/// <summary>What a figure must not exceed: <c>factor * baseline + constant</c>.</summary>
/// <param name="Figure">The name of the figure.</param>
/// <param name="Text">The bar, as people write it.</param>
/// <param name="Constant">In the figure's unit.</param>
/// <param name="Terms">The baselines, with their factors.</param>
internal sealed record Bar(string Figure, string Text, double Constant, params (double Factor, string Baseline)[] Terms)
{
    /// <summary>
    /// The share of the bar that is used: 1 is just met. Of each round by itself, then the median, so that what slows a whole round
    /// down (another tenant of the machine) does not count against either side; null if something was not measured.
    /// </summary>
    internal double? Used(IReadOnlyDictionary<string, Figure> figures)
    {
        if (!figures.TryGetValue(Figure, out Figure? figure) || Terms.Any(term => !figures.ContainsKey(term.Baseline)))
        {
            return null;
        }

        if (Terms.Length == 0 && Constant == 0)
        {
            return figure.Median == 0 ? 0 : double.PositiveInfinity;
        }

        int rounds = Terms.Select(term => figures[term.Baseline].Rounds.Count).Append(figure.Rounds.Count).Min();
        bool together = Terms.All(term => figures[term.Baseline].Rounds.Count == figure.Rounds.Count);
        return together
            ? Statistics.Median(Enumerable.Range(0, rounds).Select(round => figure.Rounds[round] / Limit(name => figures[name].Rounds[round])))
            : figure.Median / Limit(name => figures[name].Median);
    }

    /// <summary>The bar in the figure's unit, from the medians.</summary>
    internal double Limit(Func<string, double> median) => Constant + Terms.Sum(term => term.Factor * median(term.Baseline));

    /// <summary>How much is used of each of some bars.</summary>
    internal static JsonArray Json(IEnumerable<Bar> bars, IReadOnlyDictionary<string, Figure> figures) => [.. bars.Select(bar => new JsonObject
    {
        ["figure"] = bar.Figure,
        ["bar"] = bar.Text,
        ["used"] = bar.Used(figures) is { } used && double.IsFinite(used) ? Math.Round(used, 3) : null,
        ["ok"] = bar.Used(figures) is { } share ? share <= 1 : null,
    })];
}
