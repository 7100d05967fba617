using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text;

namespace SharedObjects.Cli.Values;

/// <summary>Single values as Python's <c>repr</c> writes them. Control characters never reach the terminal.</summary>
internal static class PythonText
{
    private const int LongestArray = 60; // in a line with other values; of a longer one only dtype and shape are told

    internal static string Repr(object? value) => value switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        float number => FloatText.Repr(number),
        double number => FloatText.Repr(number),
        Complex number => Repr(number),
        Pose pose => Repr(pose),
        string text => Repr(text),
        byte[] bytes => Repr(bytes),
        ByteArray bytes => $"bytearray({Repr(bytes.Bytes)})",
        SharedTuple { Count: 1 } tuple => $"({Repr(tuple[0])},)",
        SharedTuple tuple => $"({Repr((IEnumerable<object?>)tuple)})",
        SharedList list => $"[{Repr((IEnumerable<object?>)list)}]",
        SharedSet { Count: 0 } => "set()",
        SharedSet set => $"{{{Repr((IEnumerable<object?>)set)}}}",
        NDArray array => NumpyText.Of(array, full: false) is { Length: <= LongestArray } line && !line.Contains('\n', StringComparison.Ordinal)
            ? $"array({line})"
            : array.ToString(),
        SharedDict dict => $"{{{string.Join(", ", dict.Select(item => $"{Repr(item.Key)}: {Repr(item.Value)}"))}}}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    private static string Repr(IEnumerable<object?> elements) => string.Join(", ", elements.Select(Repr));

    internal static string Repr(string text)
    {
        // Python prefers single quotes, and takes double ones where that saves escapes.
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var result = new StringBuilder().Append(quote);
        foreach (Rune rune in text.EnumerateRunes())
        {
            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            bool printable = rune.Value == ' ' || category is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
            result.Append(rune.Value switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                int value when value == quote => "\\" + quote,
                _ when printable => rune.ToString(),
                < 0x100 => $"\\x{rune.Value:x2}",
                < 0x10000 => $"\\u{rune.Value:x4}",
                _ => $"\\U{rune.Value:x8}",
            });
        }

        return result.Append(quote).ToString();
    }

    private static string Repr(byte[] bytes)
    {
        char quote = bytes.AsSpan().Contains((byte)'\'') && !bytes.AsSpan().Contains((byte)'"') ? '"' : '\'';
        var result = new StringBuilder("b").Append(quote);
        foreach (byte b in bytes)
        {
            result.Append(b switch
            {
                (byte)'\\' => "\\\\",
                (byte)'\n' => "\\n",
                (byte)'\r' => "\\r",
                (byte)'\t' => "\\t",
                _ when b == quote => "\\" + quote,
                >= 0x20 and < 0x7F => ((char)b).ToString(),
                _ => $"\\x{b:x2}",
            });
        }

        return result.Append(quote).ToString();
    }

    private static string Repr(Complex number)
    {
        string imaginary = Part(number.Imaginary);
        return number.Real == 0 && !double.IsNegative(number.Real)
            ? imaginary + "j"
            : $"({Part(number.Real)}{(imaginary.StartsWith('-') ? "" : "+")}{imaginary}j)";

        // Python leaves ".0" away within a complex number.
        static string Part(double part) => FloatText.Repr(part) is var text && text.EndsWith(".0", StringComparison.Ordinal) ? text[..^2] : text;
    }

    private static string Repr(in Pose pose) =>
        $"Pose([{FloatText.Repr(pose.Position.X)}, {FloatText.Repr(pose.Position.Y)}, {FloatText.Repr(pose.Position.Z)}], "
        + $"[{FloatText.Repr(pose.Rotation.W)}, {FloatText.Repr(pose.Rotation.X)}, {FloatText.Repr(pose.Rotation.Y)}, {FloatText.Repr(pose.Rotation.Z)}])";
}
