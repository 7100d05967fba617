using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using SharedObjects.Cli.Shell;

namespace SharedObjects.Cli.Rendering;

/// <summary>Draws curves with the dots of braille: two by four in each character.</summary>
internal sealed class LinePlot
{
    private const int DotsX = 2, DotsY = 4, LabelWidth = 10;

    // SGR's, and the bright ones: a different one for each joint of an arm.
    private static readonly int[] s_colors = [32, 36, 33, 35, 34, 31, 97, 92, 96, 93, 95, 94, 91];


    // Which bit of U+2800 a dot is, by row and column of the character.
    private static readonly byte[,] s_bits = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    private readonly int _width;
    private readonly int _height;
    private readonly byte[,] _dots;
    private readonly int[,] _ink;

    private LinePlot(int columns, int rows)
    {
        _width = Math.Max(columns - LabelWidth - 1, 1);
        _height = Math.Max(rows, 2);
        _dots = new byte[_height, _width];
        _ink = new int[_height, _width];
    }

    /// <summary>What gives a text the n-th curve's colour; nothing where no colours are wanted.</summary>
    internal static string InkOfCurve(int curve) => InkOf(ColorOf(curve));

    private static string InkOf(int color) => Output.HasColor ? string.Create(CultureInfo.InvariantCulture, $"\e[{color}m") : "";

    /// <summary>The colour of the n-th curve, as a parameter of SGR.</summary>
    internal static int ColorOf(int curve) => s_colors[curve % s_colors.Length];

    /// <summary>The lines of a plot.</summary>
    /// <param name="curves">Points from left to right: x from 0 to 1, and y. A y that is not finite interrupts the curve.</param>
    /// <param name="columns">The width, labels included.</param>
    /// <param name="rows">The height.</param>
    internal static IReadOnlyList<string> Lines(IReadOnlyList<IReadOnlyList<(double X, double Y)>> curves, int columns, int rows)
    {
        var plot = new LinePlot(columns, rows);
        (double low, double high) = Range(curves);
        for (int i = 0; i < curves.Count; i++)
        {
            plot.Add(curves[i], low, high, ColorOf(i));
        }

        return [.. Enumerable.Range(0, plot._height).Select(row => plot.Line(row, low, high))];
    }

    private static (double Low, double High) Range(IReadOnlyList<IReadOnlyList<(double X, double Y)>> curves)
    {
        double[] all = [.. curves.SelectMany(curve => curve).Select(point => point.Y).Where(double.IsFinite)];
        if (all.Length == 0)
        {
            return (0, 1);
        }

        (double low, double high) = (all.Min(), all.Max());
        return high > low ? (low, high) : (low - Math.Max(Math.Abs(low) / 100, 0.5), high + Math.Max(Math.Abs(high) / 100, 0.5));
    }

    private void Add(IReadOnlyList<(double X, double Y)> curve, double low, double high, int color)
    {
        (int X, int Y)? last = null;
        foreach ((double x, double y) in curve)
        {
            if (!double.IsFinite(y))
            {
                last = null;
                continue;
            }

            int dotX = (int)Math.Round(Math.Clamp(x, 0, 1) * ((_width * DotsX) - 1));
            int dotY = (int)Math.Round((high - y) / (high - low) * ((_height * DotsY) - 1));
            Connect(last ?? (dotX, dotY), (dotX, dotY), color);
            last = (dotX, dotY);
        }
    }

    private void Connect((int X, int Y) from, (int X, int Y) to, int color)
    {
        int steps = Math.Max(Math.Max(Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y)), 1);
        for (int i = 0; i <= steps; i++)
        {
            int x = from.X + ((to.X - from.X) * i / steps), y = from.Y + ((to.Y - from.Y) * i / steps);
            _dots[y / DotsY, x / DotsX] |= s_bits[y % DotsY, x % DotsX];
            _ink[y / DotsY, x / DotsX] = color;
        }
    }

    private string Line(int row, double low, double high)
    {
        string label = row == 0 ? Label(high) : row == _height - 1 ? Label(low) : row == _height / 2 ? Label((low + high) / 2) : "";
        var line = new StringBuilder(label.PadLeft(LabelWidth)).Append('│');
        int ink = 0;
        for (int x = 0; x < _width; x++)
        {
            if (_dots[row, x] != 0 && _ink[row, x] != ink)
            {
                ink = _ink[row, x];
                line.Append(InkOf(ink));
            }

            line.Append(_dots[row, x] == 0 ? ' ' : (char)('\u2800' + _dots[row, x]));
        }

        return line.Append("\e[0m").ToString();
    }

    private static string Label(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
