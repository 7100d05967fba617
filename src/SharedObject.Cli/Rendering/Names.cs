using System.Linq;

namespace SharedObjects.Cli.Rendering;

/// <summary>Names of segments, which may have any character but '/' and NUL.</summary>
internal static class Names
{
    /// <summary>The name without what would move the cursor or end the line.</summary>
    internal static string Printable(string name) => name.Any(char.IsControl) ? string.Concat(name.Select(c => char.IsControl(c) ? '?' : c)) : name;
}
