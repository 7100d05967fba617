using System.Collections.Generic;
using System.Linq;
using SharedObjects.Cli.Linux;
using SharedObjects.Cli.Segments;

namespace SharedObjects.Cli.Doctor;

/// <summary>What the checks look at, found once.</summary>
internal sealed class Examination
{
    private Examination(
        IReadOnlyList<SegmentOutline> objects, IReadOnlyList<(string Name, string Problem)> others, SegmentUsers users)
    {
        Objects = objects;
        Others = others;
        Users = users;
    }

    internal IReadOnlyList<SegmentOutline> Objects { get; }

    /// <summary>The segments that are no shared objects, or can't be told to be, and why.</summary>
    internal IReadOnlyList<(string Name, string Problem)> Others { get; }

    internal SegmentUsers Users { get; }

    internal static Examination Make()
    {
        var objects = new List<SegmentOutline>();
        var others = new List<(string, string)>();
        foreach (string name in SegmentDirectory.Names())
        {
            if (SegmentOutline.TryRead(name, out string? problem) is { } outline)
            {
                objects.Add(outline);
            }
            else
            {
                others.Add((name, problem!));
            }
        }

        return new Examination(objects, others, SegmentUsers.Scan(openFiles: true));
    }

    /// <summary>A few of many names.</summary>
    internal static string Some(IEnumerable<string> names)
    {
        const int Shown = 5;
        string[] all = [.. names.Select(Rendering.Names.Printable)];
        return string.Join(", ", all.Take(Shown)) + (all.Length > Shown ? $" and {all.Length - Shown} more" : "");
    }
}
