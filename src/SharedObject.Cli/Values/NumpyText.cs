using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Values;

/// <summary>
/// Arrays as numpy's <c>str</c> prints them with its default options: precision 8, lines of 75 characters, and of more than a thousand
/// elements the three at each end of every dimension.
/// </summary>
internal sealed class NumpyText
{
    private const int Threshold = 1000;
    private const int Edge = 3;
    private const int Precision = 8;
    private const int LineWidth = 75;

    private readonly NDArray _array;
    private readonly bool _summarised;
    private readonly Func<object, string> _format;
    private readonly StringBuilder _text = new();

    private NumpyText(NDArray array, bool full)
    {
        _array = array;
        _summarised = !full && array.Length > Threshold;
        var shown = new List<object>();
        Collect(0, 0, shown);
        _format = FormatFor(shown);
    }

    /// <param name="array">The array.</param>
    /// <param name="full">Not to leave elements away.</param>
    /// <param name="indent">How far lines behind the first are moved to the right.</param>
    internal static string Of(NDArray array, bool full, int indent = 0)
    {
        var text = new NumpyText(array, full);
        if (array.Shape.Length == 0)
        {
            return text._format(Elements.Get(array, 0));
        }

        if (array.Length == 0)
        {
            return "[]";
        }

        text.Append(0, 0, indent + 1);
        return text._text.ToString();
    }

    /// <summary>The indices of a dimension that are shown; -1 stands for those left away.</summary>
    private IEnumerable<int> Indices(int dimension)
    {
        int length = _array.Shape[dimension];
        return _summarised && length > 2 * Edge
            ? [.. Enumerable.Range(0, Edge), -1, .. Enumerable.Range(length - Edge, Edge)]
            : Enumerable.Range(0, length);
    }

    private void Collect(int dimension, int first, List<object> shown)
    {
        if (dimension == _array.Shape.Length)
        {
            shown.Add(Elements.Get(_array, first));
            return;
        }

        foreach (int index in Indices(dimension).Where(index => index >= 0))
        {
            Collect(dimension + 1, (first * _array.Shape[dimension]) + index, shown);
        }
    }

    private void Append(int dimension, int first, int indent)
    {
        ImmutableArray<int> shape = _array.Shape;
        _text.Append('[');
        bool last = dimension == shape.Length - 1;
        int column = indent;
        bool begun = false;
        foreach (int index in Indices(dimension))
        {
            if (last)
            {
                string word = index < 0 ? "..." : _format(Elements.Get(_array, (first * shape[dimension]) + index));

                // Room is kept for the brackets that close.
                if (begun && column + 1 + word.Length > LineWidth - Math.Max(shape.Length - 1, 1))
                {
                    TrimEnd();
                    _text.Append('\n').Append(' ', indent).Append(word);
                    column = indent + word.Length;
                }
                else
                {
                    _text.Append(begun ? " " : "").Append(word);
                    column += word.Length + (begun ? 1 : 0);
                }
            }
            else
            {
                if (begun)
                {
                    _text.Append('\n', shape.Length - dimension - 1).Append(' ', indent);
                }

                if (index < 0)
                {
                    _text.Append("...");
                }
                else
                {
                    Append(dimension + 1, (first * shape[dimension]) + index, indent + 1);
                }
            }

            begun = true;
        }

        _text.Append(']');
    }

    private void TrimEnd()
    {
        while (_text[^1] == ' ')
        {
            _text.Length--;
        }
    }

    private Func<object, string> FormatFor(List<object> shown)
    {
        if (Elements.IsComplex(_array.DType))
        {
            Func<double, string> real = FloatFormat([.. shown.Select(item => ((Complex)item).Real)]);
            Func<double, string> imaginary = FloatFormat([.. shown.Select(item => ((Complex)item).Imaginary)], sign: true);

            // The j stands right behind the digits, before what pads them.
            return item =>
            {
                string text = imaginary(((Complex)item).Imaginary);
                string digits = text.TrimEnd();
                return real(((Complex)item).Real) + digits + "j" + text[digits.Length..];
            };
        }

        if (Elements.IsFloat(_array.DType))
        {
            Func<double, string> format = FloatFormat([.. shown.Select(ToDouble)]);
            return item => format(ToDouble(item));
        }

        // Python's texts of integers and bools; numpy keeps room for "False" where there is none, too.
        int width = _array.DType == DType.Bool && _array.Shape.Length > 0 ? bool.FalseString.Length : 0;
        width = Math.Max(width, shown.Select(item => PythonText.Repr(item).Length).DefaultIfEmpty(0).Max());
        return item => PythonText.Repr(item).PadLeft(width);
    }

    private static double ToDouble(object item) => item is float number ? number : (double)item;

    /// <summary>numpy's rule of one format for all: with exponents where they differ much, and points below each other.</summary>
    private Func<double, string> FloatFormat(double[] shown, bool sign = false)
    {
        double[] magnitudes = [.. shown.Where(number => double.IsFinite(number) && number != 0).Select(Math.Abs)];
        bool exponents = magnitudes.Length > 0
            && (magnitudes.Max() >= 1e8 || magnitudes.Min() < 1e-4 || magnitudes.Max() / magnitudes.Min() > 1000);
        string[] finite = [.. shown.Where(double.IsFinite).Select(number => Shortest(number, exponents))];
        int left = finite.Length == 0 ? 0 : finite.Max(PointOf);
        int right = finite.Length == 0 ? 0 : finite.Max(FractionOf);
        int nonFinite = shown.Where(number => !double.IsFinite(number))
            .Select(number => FloatText.NonFinite(number).Length + (sign && !double.IsNegative(number) ? 1 : 0)).DefaultIfEmpty(0).Max();
        int width = Math.Max(finite.Length == 0 ? 0 : left + 1 + right + ExponentOf(finite), nonFinite);
        return number =>
        {
            if (!double.IsFinite(number))
            {
                string text = FloatText.NonFinite(number);
                return (sign && !text.StartsWith('-') ? "+" + text : text).PadLeft(width);
            }

            string digits = Shortest(number, exponents);
            if (exponents)
            {
                int e = digits.IndexOf('e', StringComparison.Ordinal);
                digits = digits[..e] + new string('0', right - FractionOf(digits)) + digits[e..];
            }
            else
            {
                digits += new string(' ', right - FractionOf(digits));
            }

            digits = sign && !digits.StartsWith('-') ? "+" + digits : digits;
            return digits.PadLeft(width);
        };

        int PointOf(string text) => text.IndexOf('.', StringComparison.Ordinal) + (sign && !text.StartsWith('-') ? 1 : 0);

        static int ExponentOf(string[] texts) => texts.Length == 0 ? 0 : texts.Max(text =>
            text.IndexOf('e', StringComparison.Ordinal) is >= 0 and int at ? text.Length - at : 0);
    }

    private static int FractionOf(string text)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        int end = text.IndexOf('e', StringComparison.Ordinal) is >= 0 and int at ? at : text.Length;
        return end - point - 1;
    }

    /// <summary>The shortest digits of the element's own precision, at most eight behind the point.</summary>
    private string Shortest(double number, bool exponent)
    {
        string shortest = _array.DType switch
        {
            DType.Float16 => ((Half)number).ToString("R", CultureInfo.InvariantCulture),
            DType.Float32 or DType.Complex64 => ((float)number).ToString("R", CultureInfo.InvariantCulture),
            _ => number.ToString("R", CultureInfo.InvariantCulture),
        };
        return exponent ? Scientific(shortest, number) : Positional(shortest, number);
    }

    private static string Positional(string shortest, double number)
    {
        // Through decimal arithmetic on the shortest digits: rounding the binary number could show digits that it does not have.
        decimal value = Math.Round(decimal.Parse(shortest, NumberStyles.Float, CultureInfo.InvariantCulture), Precision, MidpointRounding.ToEven);
        string text = value.ToString("0.########", CultureInfo.InvariantCulture);
        string signed = double.IsNegative(number) && !text.StartsWith('-') ? "-" + text : text;
        return signed.Contains('.', StringComparison.Ordinal) ? signed : signed + ".";
    }

    private static string Scientific(string shortest, double number)
    {
        string sign = double.IsNegative(number) ? "-" : "";
        string rest = shortest.TrimStart('-');
        int e = rest.IndexOf('E', StringComparison.Ordinal);
        int exponent = e < 0 ? 0 : int.Parse(rest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = e < 0 ? rest : rest[..e];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal) is >= 0 and int at ? at : mantissa.Length;
        string all = mantissa.Replace(".", "", StringComparison.Ordinal);
        string digits = all.TrimStart('0');
        if (digits.Length == 0)
        {
            return sign + "0.e+00";
        }

        exponent += point - (all.Length - digits.Length) - 1;
        digits = digits.TrimEnd('0');
        if (digits.Length > Precision + 1)
        {
            decimal rounded = Math.Round(decimal.Parse("0." + digits, CultureInfo.InvariantCulture), Precision + 1, MidpointRounding.ToEven);
            if (rounded >= 1)
            {
                digits = "1";
                exponent++;
            }
            else
            {
                digits = rounded.ToString(CultureInfo.InvariantCulture)[2..].TrimEnd('0');
            }
        }

        return string.Create(
            CultureInfo.InvariantCulture, $"{sign}{digits[0]}.{digits[1..]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }
}
