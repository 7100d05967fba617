using System.Collections.Generic;
using System.Globalization;
using SharedObjects.Benchmarks.Peers;

namespace SharedObjects.Benchmarks.Ratios;

/// <summary>An operation that the Python package does and times itself, when it is its turn.</summary>
internal sealed class PythonContender(string name, Child child, string request)
{
    internal string Name => name;

    internal List<double> Rounds { get; } = [];

    internal static List<PythonContender> All(Child child) =>
    [
        new("python_fetch_float", child, "fetch_float 100"),
        new("python_fetch_state", child, "fetch_state 10"),
        new("python_assign_float", child, "assign_float 100"),
        new("python_assign_state", child, "assign_state 10"),
        new("python_modified", child, "modified 100"),
    ];

    internal void Round() => Rounds.Add(double.Parse(child.Ask(request)!, CultureInfo.InvariantCulture));
}
