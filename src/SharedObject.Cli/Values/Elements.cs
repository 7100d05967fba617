using System;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Values;

/// <summary>Single elements of arrays whose type is known only at run time.</summary>
internal static class Elements
{
    /// <summary>An element: bool, long, ulong (uint64 only), float (float32 and float16), double, or Complex.</summary>
    internal static object Get(NDArray array, int index)
    {
        ReadOnlySpan<byte> bytes = array.Bytes[(index * DTypes.SizeOf(array.DType))..];
        return array.DType switch
        {
            DType.Bool => bytes[0] != 0,
            DType.Int8 => (long)(sbyte)bytes[0],
            DType.UInt8 => (long)bytes[0],
            DType.Int16 => (long)MemoryMarshal.Read<short>(bytes),
            DType.UInt16 => (long)MemoryMarshal.Read<ushort>(bytes),
            DType.Int32 => (long)MemoryMarshal.Read<int>(bytes),
            DType.UInt32 => (long)MemoryMarshal.Read<uint>(bytes),
            DType.Int64 => MemoryMarshal.Read<long>(bytes),
            DType.UInt64 => MemoryMarshal.Read<ulong>(bytes),
            DType.Float16 => (float)MemoryMarshal.Read<Half>(bytes),
            DType.Float32 => MemoryMarshal.Read<float>(bytes),
            DType.Float64 => MemoryMarshal.Read<double>(bytes),
            DType.LongDouble => MemoryMarshal.Read<LongDouble>(bytes).ToDouble(),
            DType.Complex64 => MemoryMarshal.Read<Complex64>(bytes).ToComplex(),
            DType.Complex128 => MemoryMarshal.Read<Complex>(bytes),
            _ => MemoryMarshal.Read<LongDoubleComplex>(bytes).ToComplex(),
        };
    }

    /// <summary>An element as a number to draw: the real part of a complex one.</summary>
    internal static double Number(NDArray array, int index) => Get(array, index) switch
    {
        bool flag => flag ? 1 : 0,
        long number => number,
        ulong number => number,
        float number => number,
        double number => number,
        var other => ((Complex)other).Real,
    };

    /// <summary>An element of an array as a value of its own, as Python's <c>item()</c> gives it.</summary>
    internal static object Item(NDArray array, int index) => Get(array, index) switch
    {
        float number => (double)number,
        ulong number and <= long.MaxValue => (long)number,
        ulong number => (double)number, // beyond Python's int of the wire
        var other => other,
    };

    internal static bool IsComplex(DType dtype) => dtype >= DType.Complex64;

    internal static bool IsFloat(DType dtype) => dtype is DType.Float16 or DType.Float32 or DType.Float64 or DType.LongDouble;

    /// <summary>A real element for <c>first</c> of the JSON form: integers in decimal, bools as 0 and 1, others as Python's float.</summary>
    internal static string JsonText(object element) => element switch
    {
        bool flag => flag ? "1" : "0",
        float number => FloatText.Repr((double)number),
        double number => FloatText.Repr(number),
        _ => string.Create(CultureInfo.InvariantCulture, $"{element}"),
    };

    /// <summary>Writes a number as an element.</summary>
    /// <exception cref="FormatException">It does not fit the element type.</exception>
    internal static void Set(DType dtype, Span<byte> element, object value)
    {
        switch (dtype)
        {
            case DType.Bool: element[0] = value is bool flag ? (flag ? (byte)1 : (byte)0) : throw Misfit(); break;
            case DType.Int8: MemoryMarshal.Write(element, Integer<sbyte>()); break;
            case DType.UInt8: MemoryMarshal.Write(element, Integer<byte>()); break;
            case DType.Int16: MemoryMarshal.Write(element, Integer<short>()); break;
            case DType.UInt16: MemoryMarshal.Write(element, Integer<ushort>()); break;
            case DType.Int32: MemoryMarshal.Write(element, Integer<int>()); break;
            case DType.UInt32: MemoryMarshal.Write(element, Integer<uint>()); break;
            case DType.Int64: MemoryMarshal.Write(element, Integer<long>()); break;
            case DType.UInt64: MemoryMarshal.Write(element, Integer<ulong>()); break;
            case DType.Float16: MemoryMarshal.Write(element, (Half)Real()); break;
            case DType.Float32: MemoryMarshal.Write(element, (float)Real()); break;
            case DType.Float64: MemoryMarshal.Write(element, Real()); break;
            case DType.LongDouble: MemoryMarshal.Write(element, LongDouble.FromDouble(Real())); break;
            case DType.Complex64: MemoryMarshal.Write(element, Complex64.FromComplex(ComplexNumber())); break;
            case DType.Complex128: MemoryMarshal.Write(element, ComplexNumber()); break;
            default: MemoryMarshal.Write(element, LongDoubleComplex.FromComplex(ComplexNumber())); break;
        }

        T Integer<T>()
            where T : unmanaged, IBinaryInteger<T>
        {
            try
            {
                return value switch
                {
                    long number => T.CreateChecked(number),
                    ulong number => T.CreateChecked(number),
                    _ => throw Misfit(),
                };
            }
            catch (OverflowException)
            {
                throw Misfit();
            }
        }

        double Real() => value switch
        {
            long number => number,
            ulong number => number,
            double number => number,
            _ => throw Misfit(),
        };

        Complex ComplexNumber() => value is Complex number ? number : Real();

        FormatException Misfit() => new($"{Describe(value)} does not fit an element of type {DTypes.NameOf(dtype)}");
    }

    private static string Describe(object value) => value is string text ? $"the text \"{text}\"" : PythonText.Repr(value);
}
