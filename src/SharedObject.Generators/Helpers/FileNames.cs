using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace SharedObjects.Generators.Helpers;

/// <summary>
/// The names of generated files. The compiler compares them without regard to case, as some file systems do, and refuses
/// a second one; names of types that differ in case alone are legal.
/// </summary>
internal static class FileNames
{
    /// <summary>Those names that are equal to another one but for their case.</summary>
    internal static ImmutableEquatableArray<string> Ambiguous(ImmutableArray<string> names) => names
        .GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
        .Where(group => group.Skip(1).Any())
        .SelectMany(group => group)
        .OrderBy(name => name, StringComparer.Ordinal)
        .ToImmutableEquatableArray();

    /// <summary>The name of a file; an ambiguous one is told apart by a hash of its own spelling.</summary>
    internal static string Of(string name, IReadOnlyList<string> ambiguous) =>
        ambiguous.Contains(name) ? $"{name}.{Fnv.Hash(name):x16}.g.cs" : $"{name}.g.cs";
}
