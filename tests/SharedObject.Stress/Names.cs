using System;
using System.Globalization;
using System.IO;

namespace SharedObjects.Stress;

/// <summary>What the objects of a run are called. stress.py has the same.</summary>
internal static class Names
{
    internal const int MadeCount = 4, TruncatedCount = 2;

    /// <summary>The kind of objects that several make: an array, as a record's texts would get other capacities from Python.</summary>
    internal const string MadeKind = "500";

    internal static string Prefix { get; } = string.Create(CultureInfo.InvariantCulture, $"so-test-stress-{Environment.ProcessId}-");

    internal static string OfValue(string prefix, string kind) => $"{prefix}value-{kind}";

    internal static string OfMade(string prefix, int index) => $"{prefix}made-{index}";

    internal static (string Name, string Kind) OfTruncated(string prefix, int index) => ($"{prefix}truncated-{index}", index == 0 ? "500" : "40000");

    internal static string Path(string name) => "/dev/shm/" + name;

    /// <summary>Removes all of a run's.</summary>
    internal static void RemoveAll()
    {
        foreach (string file in Directory.EnumerateFiles("/dev/shm", Prefix + "*"))
        {
            File.Delete(file);
        }
    }
}
