using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SharedObjects.Internals;

namespace SharedObjects.Wire;

/// <summary>Copies array elements between C# arrays and data areas, and checks C# arrays against a layout.</summary>
public static class WireArray
{
    /// <summary>Copies elements out of an object; bools that are neither 0 nor 1 become true.</summary>
    /// <typeparam name="T">The C# type of an element.</typeparam>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the elements begin.</param>
    /// <param name="destination">Where they go: as many as it has.</param>
    public static void Read<T>(ReadOnlySpan<byte> bytes, int offset, Span<T> destination)
        where T : unmanaged
    {
        Span<byte> target = MemoryMarshal.AsBytes(destination);
        bytes.Slice(offset, target.Length).CopyTo(target);
        if (typeof(T) == typeof(bool))
        {
            Normalise(target);
        }
    }

    /// <summary>Copies elements into an object.</summary>
    /// <typeparam name="T">The C# type of an element.</typeparam>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the elements begin.</param>
    /// <param name="source">The elements.</param>
    public static void Write<T>(Span<byte> bytes, int offset, ReadOnlySpan<T> source)
        where T : unmanaged =>
        MemoryMarshal.AsBytes(source).CopyTo(bytes[offset..]);

    /// <summary>The elements of a two-dimensional array, in C order.</summary>
    /// <typeparam name="T">The C# type of an element.</typeparam>
    /// <param name="array">The array.</param>
    public static Span<T> Elements<T>(T[,] array)
        where T : unmanaged => AllElements<T>(array);

    /// <summary>The elements of a three-dimensional array, in C order.</summary>
    /// <typeparam name="T">The C# type of an element.</typeparam>
    /// <param name="array">The array.</param>
    public static Span<T> Elements<T>(T[,,] array)
        where T : unmanaged => AllElements<T>(array);

    /// <summary>Checks that a flat array has as many elements as the layout's shape.</summary>
    /// <param name="array">The array.</param>
    /// <param name="length">The product of the shape's lengths.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedValueException">The array is null, or its length differs.</exception>
    public static void CheckLength(Array? array, int length, in CodecContext context, string? member = null)
    {
        if (array?.Length != length)
        {
            throw Error.ValueDoesNotFit(context, member, $"an array of {length} elements", array is null ? "null" : $"{array.Length} elements");
        }
    }

    /// <summary>Checks that an array has the layout's shape.</summary>
    /// <param name="array">The array.</param>
    /// <param name="shape">The lengths, outermost first.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedValueException">The array is null, or its shape differs.</exception>
    public static void CheckShape(Array? array, ReadOnlySpan<int> shape, in CodecContext context, string? member = null)
    {
        if (array is null || !HasShape(array, shape))
        {
            throw Error.ValueDoesNotFit(
                context,
                member,
                $"an array of shape {Text.Shape(shape)}",
                array is null ? "null" : $"shape {Text.Shape(ShapeOf(array))}");
        }
    }

    /// <summary>Whether an array has the given shape.</summary>
    /// <param name="array">The array.</param>
    /// <param name="shape">The lengths, outermost first.</param>
    public static bool HasShape(Array? array, ReadOnlySpan<int> shape)
    {
        if (array is null || array.Rank != shape.Length)
        {
            return false;
        }

        for (int i = 0; i < shape.Length; i++)
        {
            if (array.GetLength(i) != shape[i])
            {
                return false;
            }
        }

        return true;
    }

    internal static int[] ShapeOf(Array array)
    {
        int[] shape = new int[array.Rank];
        for (int i = 0; i < shape.Length; i++)
        {
            shape[i] = array.GetLength(i);
        }

        return shape;
    }

    internal static void Normalise(Span<byte> bools)
    {
        foreach (ref byte item in bools)
        {
            item = item == 0 ? (byte)0 : (byte)1;
        }
    }

    /// <summary>The caller has made sure that the array's elements are of type <typeparamref name="T"/>.</summary>
    internal static Span<T> AllElements<T>(Array array)
        where T : unmanaged =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);
}
