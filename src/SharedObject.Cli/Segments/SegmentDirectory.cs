using System;
using System.Collections.Generic;
using System.Linq;
using SharedObjects.Memory;

namespace SharedObjects.Cli.Segments;

/// <summary>What is in /dev/shm.</summary>
internal static class SegmentDirectory
{
    /// <summary>The names of all that might be segments, in order; many are not of this format.</summary>
    internal static string[] Names()
    {
        string[] names = SegmentName.All();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <summary>The shared objects among them, looked at without their lock and value.</summary>
    internal static IEnumerable<SegmentOutline> Objects()
    {
        foreach (string name in Names())
        {
            if (SegmentOutline.TryRead(name, out _) is { } outline)
            {
                yield return outline;
            }
        }
    }

    internal static IEnumerable<string> CompletionNames() => Objects().Select(outline => outline.Name);
}
