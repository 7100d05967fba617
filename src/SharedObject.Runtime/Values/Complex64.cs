using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace SharedObjects;

/// <summary>numpy's <c>complex64</c>: a complex number of two 32-bit floats, byte for byte.</summary>
/// <param name="Real">The real part.</param>
/// <param name="Imaginary">The imaginary part.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Complex64(float Real, float Imaginary)
{
    /// <summary>The same number with 64-bit parts; nothing is lost.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator Complex(Complex64 value) => value.ToComplex();

    /// <summary>The nearest number with 32-bit parts.</summary>
    /// <param name="value">The number.</param>
    public static explicit operator Complex64(Complex value) => FromComplex(value);

    /// <summary>The nearest number with 32-bit parts.</summary>
    /// <param name="value">The number.</param>
    public static Complex64 FromComplex(Complex value) => new((float)value.Real, (float)value.Imaginary);

    /// <summary>The same number with 64-bit parts; nothing is lost.</summary>
    public Complex ToComplex() => new(Real, Imaginary);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"<{Real}; {Imaginary}>");
}
