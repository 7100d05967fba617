using System;
using System.Collections.Generic;
using System.Linq;

namespace SharedObjects.Cli.Rendering;

/// <summary>Numbers as a row of bars, each of one character.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>The last numbers, from 0 to the largest of them; a 0 is a space.</summary>
    internal static string Of(IEnumerable<double> numbers, int width)
    {
        double[] last = [.. numbers.TakeLast(width)];
        double largest = last.DefaultIfEmpty(0).Max();
        return string.Concat(last.Select(number => number <= 0
            ? ' '
            : Bars[Math.Clamp((int)Math.Ceiling(number / largest * Bars.Length) - 1, 0, Bars.Length - 1)])).PadLeft(width);
    }
}
