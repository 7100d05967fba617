using System;
using System.Collections.Immutable;
using System.Numerics;
using SharedObjects.Internals;

namespace SharedObjects.Wire;

/// <summary>The table of element types: index on the wire, numpy's name, size in bytes, C# type.</summary>
public static class DTypes
{
    private static readonly ImmutableArray<(string Name, int Size, Type Type)> Table =
    [
        ("bool", 1, typeof(bool)),
        ("int8", 1, typeof(sbyte)),
        ("uint8", 1, typeof(byte)),
        ("int16", 2, typeof(short)),
        ("uint16", 2, typeof(ushort)),
        ("int32", 4, typeof(int)),
        ("uint32", 4, typeof(uint)),
        ("int64", 8, typeof(long)),
        ("uint64", 8, typeof(ulong)),
        ("float16", 2, typeof(Half)),
        ("float32", 4, typeof(float)),
        ("float64", 8, typeof(double)),
        ("float128", 16, typeof(LongDouble)),
        ("complex64", 8, typeof(Complex64)),
        ("complex128", 16, typeof(Complex)),
        ("complex256", 32, typeof(LongDoubleComplex)),
    ];

    /// <summary>How many element types the wire has; every index below it is one.</summary>
    public static int Count => Table.Length;

    /// <summary>The size of one element in bytes.</summary>
    /// <param name="dtype">The element type.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dtype"/> is not one of the wire's.</exception>
    public static int SizeOf(DType dtype) => Entry(dtype).Size;

    /// <summary>numpy's name of the element type, such as <c>float64</c>.</summary>
    /// <param name="dtype">The element type.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dtype"/> is not one of the wire's.</exception>
    public static string NameOf(DType dtype) => Entry(dtype).Name;

    /// <summary>The C# type with the same bytes.</summary>
    /// <param name="dtype">The element type.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dtype"/> is not one of the wire's.</exception>
    public static Type TypeOf(DType dtype) => Entry(dtype).Type;

    /// <summary>The element type with numpy's name <paramref name="name"/>.</summary>
    /// <param name="name">numpy's name, such as <c>float64</c>.</param>
    /// <param name="dtype">The element type.</param>
    /// <returns>False if there is none of that name on the wire.</returns>
    public static bool TryParse(string name, out DType dtype)
    {
        for (int i = 0; i < Table.Length; i++)
        {
            if (Table[i].Name == name)
            {
                dtype = (DType)i;
                return true;
            }
        }

        dtype = default;
        return false;
    }

    /// <summary>The element type whose C# type is <typeparamref name="T"/>.</summary>
    /// <typeparam name="T">The C# type of an element.</typeparam>
    /// <exception cref="NotSupportedException">No element type of the wire is a <typeparamref name="T"/>.</exception>
    public static DType Of<T>() => OfType<T>.Value ?? throw Error.UnsupportedElement(typeof(T));

    /// <summary>Whether <typeparamref name="T"/> is an element type of the wire.</summary>
    /// <typeparam name="T">The C# type of an element.</typeparam>
    public static bool IsElement<T>() => OfType<T>.Value is not null;

    internal static DType? Find(Type type)
    {
        for (int i = 0; i < Table.Length; i++)
        {
            if (Table[i].Type == type)
            {
                return (DType)i;
            }
        }

        return null;
    }

    private static (string Name, int Size, Type Type) Entry(DType dtype) =>
        (int)dtype < Table.Length ? Table[(int)dtype] : throw new ArgumentOutOfRangeException(nameof(dtype), dtype, null);

    private static class OfType<T>
    {
        internal static readonly DType? Value = Find(typeof(T));
    }
}
