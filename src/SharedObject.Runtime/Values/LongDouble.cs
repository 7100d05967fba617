using System;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace SharedObjects;

/// <summary>
/// numpy's <c>longdouble</c> (<c>float128</c>) on x86-64: an 80-bit extended number in 16 bytes. It carries all 16 bytes
/// through unchanged; to compute, convert it to <see cref="double"/> explicitly.
/// </summary>
/// <remarks>
/// <code>
///   0               8     10          16
///   +---------------+-----+-----------+
///   |  significand  |s|exp|  padding  |
///   +---------------+-----+-----------+
/// </code>
/// The significand's highest bit is the integer bit (explicit, unlike in a double); the exponent's bias is 16383. The
/// padding has no meaning, and numpy leaves what was in memory there. Source: Intel SDM, volume 1, section 4.2.2; System V
/// ABI for AMD64, section 3.1.2.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly struct LongDouble : IEquatable<LongDouble>
{
    private const int Bias = 16383;
    private const int ExponentMask = 0x7FFF;
    private const ushort SignBit = 0x8000;
    private const ulong IntegerBit = 1UL << 63;
    private const int DoubleBias = 1023;
    private const int DoubleFractionBits = 52;

    private readonly ulong _significand;
    private readonly ulong _signExponentAndPadding;

    private LongDouble(ulong significand, ushort signExponent)
    {
        _significand = significand;
        _signExponentAndPadding = signExponent;
    }

    /// <summary>The 64 bits of the significand, integer bit included.</summary>
    public ulong Significand => _significand;

    /// <summary>The sign (highest bit) and the biased exponent.</summary>
    public ushort SignExponent => (ushort)_signExponentAndPadding;

    /// <summary>The same number; every double is one.</summary>
    /// <param name="value">The number.</param>
    public static explicit operator LongDouble(double value) => FromDouble(value);

    /// <summary>The nearest double, ties to even.</summary>
    /// <param name="value">The number.</param>
    public static explicit operator double(LongDouble value) => value.ToDouble();

    /// <summary>Whether two numbers have the same bits, padding aside.</summary>
    /// <param name="left">A number.</param>
    /// <param name="right">Another.</param>
    public static bool operator ==(LongDouble left, LongDouble right) => left.Equals(right);

    /// <summary>Whether two numbers differ in a bit, padding aside.</summary>
    /// <param name="left">A number.</param>
    /// <param name="right">Another.</param>
    public static bool operator !=(LongDouble left, LongDouble right) => !left.Equals(right);

    /// <summary>The same number; every double is one.</summary>
    /// <param name="value">The number.</param>
    public static LongDouble FromDouble(double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        var sign = (ushort)(bits >> 63 << 15);
        var exponent = (int)(bits >> DoubleFractionBits) & 0x7FF;
        ulong fraction = bits & ((1UL << DoubleFractionBits) - 1);
        if (exponent == 0x7FF)
        {
            return new LongDouble(IntegerBit | (fraction << 11), (ushort)(sign | ExponentMask));
        }

        if (exponent == 0)
        {
            if (fraction == 0)
            {
                return new LongDouble(0, sign);
            }

            int shift = BitOperations.LeadingZeroCount(fraction); // a subnormal double is a normal extended number
            return new LongDouble(fraction << shift, (ushort)(sign | (Bias - DoubleBias + 12 - shift)));
        }

        return new LongDouble(IntegerBit | (fraction << 11), (ushort)(sign | (exponent - DoubleBias + Bias)));
    }

    /// <summary>The nearest double, ties to even; beyond a double's range, infinity.</summary>
    public double ToDouble()
    {
        ulong sign = (ulong)(SignExponent & SignBit) << 48;
        int biased = SignExponent & ExponentMask;
        if (biased == ExponentMask)
        {
            ulong fraction = Significand << 1 >> 12;
            bool isNaN = Significand << 1 != 0;
            // A NaN whose payload does not fit must not become an infinity.
            return BitConverter.UInt64BitsToDouble(sign | (0x7FFUL << DoubleFractionBits) | (isNaN && fraction == 0 ? 1UL << 51 : fraction));
        }

        if (Significand == 0)
        {
            return BitConverter.UInt64BitsToDouble(sign);
        }

        // Unnormal and pseudo-denormal encodings are read as the number they spell: normalise first.
        int shift = BitOperations.LeadingZeroCount(Significand);
        ulong significand = Significand << shift;
        int exponent = Math.Max(biased, 1) - Bias - shift;

        // 53 bits stay for a normal double; below its range one less for each step, down to none.
        int drop = exponent < 1 - DoubleBias ? 11 + (1 - DoubleBias - exponent) : 11;
        if (drop > 64)
        {
            return BitConverter.UInt64BitsToDouble(sign);
        }

        ulong kept = drop == 64 ? 0 : significand >> drop;
        ulong rest = drop == 64 ? significand : significand << (64 - drop);
        kept += rest > IntegerBit || (rest == IntegerBit && (kept & 1) == 1) ? 1UL : 0UL;
        if (exponent > DoubleBias)
        {
            return BitConverter.UInt64BitsToDouble(sign | (0x7FFUL << DoubleFractionBits));
        }

        // The sum lets a carry out of the fraction step the exponent, up to infinity.
        ulong magnitude = exponent < 1 - DoubleBias
            ? kept
            : ((ulong)(exponent + DoubleBias - 1) << DoubleFractionBits) + kept;
        return BitConverter.UInt64BitsToDouble(sign | magnitude);
    }

    /// <inheritdoc/>
    public bool Equals(LongDouble other) => Significand == other.Significand && SignExponent == other.SignExponent;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LongDouble other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Significand, SignExponent);

    /// <summary>The nearest double, as text.</summary>
    public override string ToString() => ToDouble().ToString("R", CultureInfo.InvariantCulture);
}
