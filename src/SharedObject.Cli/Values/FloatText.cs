using System;
using System.Globalization;

namespace SharedObjects.Cli.Values;

/// <summary>Floating-point numbers as Python writes them: <c>float.hex()</c> both ways, and <c>repr</c>.</summary>
internal static class FloatText
{
    /// <summary>The number's bits as Python's <c>float.hex()</c> writes them; <c>nan</c>, <c>inf</c>, <c>-inf</c>.</summary>
    internal static string Hex(double value)
    {
        if (double.IsNaN(value))
        {
            return "nan";
        }

        string sign = double.IsNegative(value) ? "-" : "";
        if (double.IsInfinity(value))
        {
            return sign + "inf";
        }

        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        ulong fraction = bits & 0xF_FFFF_FFFF_FFFF;
        int exponent = (int)(bits >> 52) & 0x7FF;
        if (exponent == 0 && fraction == 0)
        {
            return sign + "0x0.0p+0";
        }

        int unbiased = exponent == 0 ? -1022 : exponent - 1023;
        return string.Create(
            CultureInfo.InvariantCulture, $"{sign}0x{(exponent == 0 ? 0 : 1)}.{fraction:x13}p{(unbiased < 0 ? "" : "+")}{unbiased}");
    }

    /// <summary>Reads what <see cref="Hex"/> writes, and any hexadecimal form that a double holds.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static double FromHex(string text)
    {
        bool negative = text.StartsWith('-');
        string digits = negative || text.StartsWith('+') ? text[1..] : text;
        double magnitude = digits switch
        {
            "nan" => BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0000), // Python's; .NET's double.NaN has the sign bit set
            "inf" => double.PositiveInfinity,
            _ => FromHexDigits(digits),
        };
        return negative ? -magnitude : magnitude;
    }

    /// <summary>Python's <c>repr</c> of a double: the shortest digits that give it back.</summary>
    internal static string Repr(double value) =>
        double.IsFinite(value) ? Layout(Digits.Of(value.ToString("R", CultureInfo.InvariantCulture))) : NonFinite(value);

    /// <summary>numpy's text of a float32: the shortest digits that give back one of its precision.</summary>
    internal static string Repr(float value) =>
        float.IsFinite(value) ? Layout(Digits.Of(value.ToString("R", CultureInfo.InvariantCulture))) : NonFinite(value);

    internal static string NonFinite(double value) => double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";

    /// <summary>Reads Python's <c>repr</c> of a float.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static double FromRepr(string text) => text switch
    {
        "nan" or "inf" or "-inf" => FromHex(text),
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) => value,
        _ => throw new FormatException($"'{text}' is not a float"),
    };

    // Python's rule (float_repr_style "short"): an exponent below 1e-4 and from 1e16 on.
    private static string Layout(in Digits digits)
    {
        string sign = digits.IsNegative ? "-" : "";
        string text = digits.Text;
        int point = digits.Point;
        if (point is > 16 or <= -4)
        {
            int exponent = point - 1;
            string fraction = text.Length > 1 ? "." + text[1..] : "";
            return string.Create(
                CultureInfo.InvariantCulture, $"{sign}{text[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        return sign + (point <= 0
            ? "0." + new string('0', -point) + text
            : text.Length <= point ? text + new string('0', point - text.Length) + ".0" : text[..point] + "." + text[point..]);
    }

    private static double FromHexDigits(string digits)
    {
        int exponent = digits.IndexOf('p', StringComparison.Ordinal);
        string number = exponent < 0 ? digits : digits[..exponent];
        int point = number.IndexOf('.', StringComparison.Ordinal);
        string whole = point < 0 ? number : number[..point];
        string fraction = point < 0 ? "" : number[(point + 1)..];
        if (!whole.StartsWith("0x", StringComparison.Ordinal)
            || !ulong.TryParse(whole[2..] + fraction, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong mantissa)
            || mantissa > 1UL << 53
            || !int.TryParse(exponent < 0 ? "0" : digits[(exponent + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int power)
            || Math.Abs((long)power) > 10_000)
        {
            throw new FormatException($"'{digits}' is not a hexadecimal float such as 0x1.8p+0");
        }

        power -= 4 * fraction.Length;

        // Two steps, as one would overflow or round on the way to a subnormal.
        return Math.ScaleB(Math.ScaleB(mantissa, power / 2), power - (power / 2));
    }

    /// <summary>The number 0.TEXT times ten to the POINT.</summary>
    private readonly record struct Digits(bool IsNegative, string Text, int Point)
    {
        /// <summary>Takes .NET's shortest text of a finite number apart: "-1.25E-07", "1200".</summary>
        internal static Digits Of(string text)
        {
            bool negative = text.StartsWith('-');
            string rest = negative ? text[1..] : text;
            int e = rest.IndexOf('E', StringComparison.Ordinal);
            int exponent = e < 0 ? 0 : int.Parse(rest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            string mantissa = e < 0 ? rest : rest[..e];
            int point = mantissa.IndexOf('.', StringComparison.Ordinal) is >= 0 and int at ? at : mantissa.Length;
            string all = mantissa.Replace(".", "", StringComparison.Ordinal);
            string digits = all.TrimStart('0');
            point += exponent - (all.Length - digits.Length);
            digits = digits.TrimEnd('0');
            return digits.Length == 0 ? new Digits(negative, "0", 1) : new Digits(negative, digits, point);
        }
    }
}
