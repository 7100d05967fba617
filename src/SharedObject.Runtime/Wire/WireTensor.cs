using System;
using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SharedObjects.Internals;

namespace SharedObjects.Wire;

/// <summary>Copies array elements between tensors and data areas, and checks tensors against a layout.</summary>
/// <remarks>
/// A <see cref="Tensor{T}"/> has at least one dimension: a 0-d array of the wire is one of shape (1,) here.
/// </remarks>
public static class WireTensor
{
    /// <summary>Reads an array.</summary>
    /// <typeparam name="T">The C# type of an element.</typeparam>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the elements begin.</param>
    /// <param name="shape">The lengths, outermost first.</param>
    public static Tensor<T> Read<T>(ReadOnlySpan<byte> bytes, int offset, ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        Tensor<T>? tensor = null;
        ReadInto(bytes, offset, shape, ref tensor);
        return tensor;
    }

    /// <summary>Reads an array into a tensor of its shape, or a new one where there is none.</summary>
    /// <typeparam name="T">The C# type of an element.</typeparam>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the elements begin.</param>
    /// <param name="shape">The lengths, outermost first.</param>
    /// <param name="tensor">The tensor to fill again, or null.</param>
    public static void ReadInto<T>(ReadOnlySpan<byte> bytes, int offset, ReadOnlySpan<int> shape, [NotNull] ref Tensor<T>? tensor)
        where T : unmanaged
    {
        if (tensor is null || !tensor.IsDense || !HasShape(tensor.Lengths, shape))
        {
            tensor = Create(new T[Count(shape)], shape);
        }

        WireArray.Read(bytes, offset, Elements(tensor.AsTensorSpan()));
    }

    /// <summary>Writes a tensor that <see cref="CheckShape"/> has passed.</summary>
    /// <typeparam name="T">The C# type of an element.</typeparam>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the elements begin.</param>
    /// <param name="tensor">The elements; need not be dense.</param>
    public static void Write<T>(Span<byte> bytes, int offset, in ReadOnlyTensorSpan<T> tensor)
        where T : unmanaged
    {
        if (tensor.IsDense)
        {
            WireArray.Write(bytes, offset, Elements(tensor));
            return;
        }

        // The wire is not aligned, but tensors flatten into spans of their own type only, which x86-64 and arm64 read and write
        // at any address.
        Span<byte> target = bytes.Slice(offset, checked((int)tensor.FlattenedLength * Unsafe.SizeOf<T>()));
        tensor.FlattenTo(MemoryMarshal.Cast<byte, T>(target));
    }

    /// <summary>Checks that a tensor has the layout's shape.</summary>
    /// <typeparam name="T">The C# type of an element.</typeparam>
    /// <param name="tensor">The tensor.</param>
    /// <param name="shape">The lengths, outermost first.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedValueException">The tensor is null, or its shape differs.</exception>
    public static void CheckShape<T>(Tensor<T>? tensor, ReadOnlySpan<int> shape, in CodecContext context, string? member = null)
    {
        if (tensor is null)
        {
            throw Error.ValueDoesNotFit(context, member, $"a tensor of shape {Text.Shape(shape)}", "null");
        }

        CheckShape(tensor.Lengths, shape, context, member);
    }

    internal static void CheckShape(ReadOnlySpan<nint> lengths, ReadOnlySpan<int> shape, in CodecContext context, string? member)
    {
        if (!HasShape(lengths, shape))
        {
            throw Error.ValueDoesNotFit(context, member, $"a tensor of shape {Text.Shape(shape)}", $"shape {Text.Shape(ToInts(lengths))}");
        }
    }

    internal static Tensor<T> Create<T>(T[] elements, ReadOnlySpan<int> shape)
    {
        Span<nint> lengths = shape.Length <= 16 ? stackalloc nint[shape.Length] : new nint[shape.Length];
        for (int i = 0; i < shape.Length; i++)
        {
            lengths[i] = shape[i];
        }

        return shape.IsEmpty ? Tensor.Create(elements, [1]) : Tensor.Create(elements, lengths);
    }

    internal static int[] ToInts(ReadOnlySpan<nint> lengths)
    {
        int[] shape = new int[lengths.Length];
        for (int i = 0; i < shape.Length; i++)
        {
            shape[i] = checked((int)lengths[i]);
        }

        return shape;
    }

    private static bool HasShape(ReadOnlySpan<nint> lengths, ReadOnlySpan<int> shape)
    {
        if (shape.IsEmpty)
        {
            return lengths.Length == 1 && lengths[0] == 1;
        }

        if (lengths.Length != shape.Length)
        {
            return false;
        }

        for (int i = 0; i < shape.Length; i++)
        {
            if (lengths[i] != shape[i])
            {
                return false;
            }
        }

        return true;
    }

    private static int Count(ReadOnlySpan<int> shape)
    {
        int count = 1;
        foreach (int length in shape)
        {
            count = checked(count * length);
        }

        return count;
    }

    private static Span<T> Elements<T>(in TensorSpan<T> tensor) => tensor.IsEmpty
        ? []
        : MemoryMarshal.CreateSpan(ref tensor.GetPinnableReference(), (int)tensor.FlattenedLength);

    private static ReadOnlySpan<T> Elements<T>(in ReadOnlyTensorSpan<T> tensor) => tensor.IsEmpty
        ? []
        : MemoryMarshal.CreateReadOnlySpan(in tensor.GetPinnableReference(), (int)tensor.FlattenedLength);
}
