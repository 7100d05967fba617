using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace SharedObjects;

/// <summary>numpy's <c>clongdouble</c> (<c>complex256</c>) on x86-64: two <see cref="LongDouble"/>s, byte for byte.</summary>
/// <param name="Real">The real part.</param>
/// <param name="Imaginary">The imaginary part.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct LongDoubleComplex(LongDouble Real, LongDouble Imaginary)
{
    /// <summary>The nearest number with 64-bit parts.</summary>
    /// <param name="value">The number.</param>
    public static explicit operator Complex(LongDoubleComplex value) => value.ToComplex();

    /// <summary>The same number; every <see cref="Complex"/> is one.</summary>
    /// <param name="value">The number.</param>
    public static explicit operator LongDoubleComplex(Complex value) => FromComplex(value);

    /// <summary>The same number; every <see cref="Complex"/> is one.</summary>
    /// <param name="value">The number.</param>
    public static LongDoubleComplex FromComplex(Complex value) =>
        new(LongDouble.FromDouble(value.Real), LongDouble.FromDouble(value.Imaginary));

    /// <summary>The nearest number with 64-bit parts.</summary>
    public Complex ToComplex() => new(Real.ToDouble(), Imaginary.ToDouble());

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"<{Real}; {Imaginary}>");
}
