using System.Collections.Generic;
using System.Text.Json;

namespace SharedObjects.Stress;

/// <summary>What a process has counted, and what was wrong.</summary>
internal sealed class Report
{
    private const int Enough = 8;

    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);

    public Dictionary<string, long> Counts { get; init; } = [];

    public List<string> Problems { get; init; } = [];

    internal void Count(string what, long number = 1) => Counts[what] = Of(what) + number;

    internal long Of(string what) => Counts.GetValueOrDefault(what);

    internal void Problem(string text)
    {
        if (Problems.Count < Enough)
        {
            Problems.Add(text);
        }
    }

    internal void Add(Report other)
    {
        foreach ((string what, long number) in other.Counts)
        {
            Count(what, number);
        }

        other.Problems.ForEach(Problem);
    }
}
