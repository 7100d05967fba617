using System;
using System.Numerics.Tensors;
using SharedObjects.Internals;

namespace SharedObjects.Wire;

/// <summary>Arrays whose first length varies: an ndarray of the largest shape, and an <c>int</c> that says how many rows of it count.</summary>
/// <remarks>A row is what one index leaves of the array: of shape (100, 3) there are 100 rows of 3 elements.</remarks>
public static class WireRows
{
    /// <summary>How many rows an array has.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the data area of the <c>int</c> begins.</param>
    /// <param name="most">How many rows there is room for.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedRangeException">The number is negative, or larger.</exception>
    public static int Count(ReadOnlySpan<byte> bytes, int offset, int most, in CodecContext context, string? member = null)
    {
        long count = WireValue.ReadInt(bytes, offset);
        return (ulong)count <= (ulong)most ? (int)count : throw Error.BadCount(context, member, most, count.ToString(Error.Culture));
    }

    /// <summary>Checks that there is room for a number of rows.</summary>
    /// <param name="count">The number.</param>
    /// <param name="most">How many rows there is room for.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedValueException">There is none.</exception>
    public static void CheckCount(int count, int most, in CodecContext context, string? member = null)
    {
        if ((uint)count > (uint)most)
        {
            throw Error.ValueDoesNotFit(context, member, $"a length from 0 to {most}", count.ToString(Error.Culture));
        }
    }

    /// <summary>Checks that a flat array is whole rows, and not too many.</summary>
    /// <param name="array">The array.</param>
    /// <param name="most">How many rows there is room for.</param>
    /// <param name="width">How many elements a row has.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedValueException">It is null, too long, or ends within a row.</exception>
    public static void CheckLength(Array? array, int most, int width, in CodecContext context, string? member = null)
    {
        if (array is null || array.Length % width != 0 || array.Length / width > most)
        {
            string expected = width == 1 ? $"at most {most} elements" : $"at most {most} rows of {width} elements";
            throw Error.ValueDoesNotFit(context, member, expected, array is null ? "null" : $"{array.Length} elements");
        }
    }

    /// <summary>Checks that an array has the layout's shape, but for fewer rows.</summary>
    /// <param name="array">The array.</param>
    /// <param name="maxShape">The largest shape.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedValueException">It is null, too long, or of another shape.</exception>
    public static void CheckShape(Array? array, ReadOnlySpan<int> maxShape, in CodecContext context, string? member = null)
    {
        bool fits = array is not null && array.Rank == maxShape.Length && array.GetLength(0) <= maxShape[0];
        for (int i = 1; fits && i < maxShape.Length; i++)
        {
            fits = array!.GetLength(i) == maxShape[i];
        }

        if (!fits)
        {
            throw DoesNotFit(array is null ? null : WireArray.ShapeOf(array), maxShape, context, member);
        }
    }

    /// <summary>Checks that a tensor has the layout's shape, but for fewer rows.</summary>
    /// <typeparam name="T">The C# type of an element.</typeparam>
    /// <param name="tensor">The tensor.</param>
    /// <param name="maxShape">The largest shape.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedValueException">It is null, too long, or of another shape.</exception>
    public static void CheckShape<T>(Tensor<T>? tensor, ReadOnlySpan<int> maxShape, in CodecContext context, string? member = null)
        where T : unmanaged
    {
        ReadOnlySpan<nint> lengths = tensor is null ? [] : tensor.Lengths;
        bool fits = lengths.Length == maxShape.Length && lengths[0] <= maxShape[0];
        for (int i = 1; fits && i < maxShape.Length; i++)
        {
            fits = lengths[i] == maxShape[i];
        }

        if (!fits)
        {
            throw DoesNotFit(tensor is null ? null : WireTensor.ToInts(lengths), maxShape, context, member);
        }
    }

    private static SharedValueException DoesNotFit(int[]? shape, ReadOnlySpan<int> maxShape, in CodecContext context, string? member) =>
        Error.ValueDoesNotFit(
            context, member, $"an array of shape {Text.Shape(maxShape)}, or fewer rows", shape is null ? "null" : $"shape {Text.Shape(shape)}");
}
