using System;
using System.Collections.Immutable;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using SharedObjects.Wire;

namespace SharedObjects;

/// <summary>
/// An ndarray whose element type and shape are known only at run time. It owns its elements, in C order. Two are equal when
/// dtype, shape and all bytes are.
/// </summary>
public sealed class NDArray : IEquatable<NDArray>
{
    private readonly byte[] _bytes;

    internal NDArray(ArrayLayout layout, byte[] bytes)
    {
        Layout = layout;
        _bytes = bytes;
    }

    /// <summary>The element type.</summary>
    public DType DType => Layout.DType;

    /// <summary>The lengths, outermost first; empty for a 0-d array, which has one element.</summary>
    public ImmutableArray<int> Shape => Layout.Shape;

    /// <summary>How many elements there are.</summary>
    public int Length => Layout.Length;

    /// <summary>The elements as they lie in memory, little-endian, in C order.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    internal ArrayLayout Layout { get; }

    /// <summary>An array from its raw bytes.</summary>
    /// <param name="dtype">The element type.</param>
    /// <param name="shape">The lengths, outermost first.</param>
    /// <param name="bytes">The elements in C order; copied.</param>
    /// <exception cref="ArgumentException">There are not as many bytes as the shape needs.</exception>
    public static NDArray FromBytes(DType dtype, ReadOnlySpan<int> shape, ReadOnlySpan<byte> bytes)
    {
        var layout = (ArrayLayout)ValueLayout.Array(dtype, shape);
        if (bytes.Length != layout.ElementsSize)
        {
            throw new ArgumentException($"An {layout} has {layout.ElementsSize} bytes; {bytes.Length} were given.", nameof(bytes));
        }

        return new NDArray(layout, bytes.ToArray());
    }

    /// <summary>An array of the given elements.</summary>
    /// <typeparam name="T">The C# type of an element.</typeparam>
    /// <param name="elements">The elements in C order; copied.</param>
    /// <param name="shape">The lengths, outermost first.</param>
    /// <exception cref="ArgumentException">There are not as many elements as the shape needs.</exception>
    /// <exception cref="NotSupportedException">The wire has no such element type.</exception>
    public static NDArray Create<T>(ReadOnlySpan<T> elements, params ReadOnlySpan<int> shape)
        where T : unmanaged => FromBytes(DTypes.Of<T>(), shape, MemoryMarshal.AsBytes(elements));

    /// <summary>The elements, to be read in place.</summary>
    /// <typeparam name="T">The C# type of an element: the one of <see cref="DType"/>.</typeparam>
    /// <exception cref="InvalidOperationException">The elements are of another type.</exception>
    public ReadOnlySpan<T> AsSpan<T>()
        where T : unmanaged
    {
        if (DTypes.Of<T>() != DType)
        {
            throw new InvalidOperationException($"The elements of this {Layout} are not of type {typeof(T)}: use {DTypes.TypeOf(DType)}.");
        }

        return MemoryMarshal.Cast<byte, T>(_bytes);
    }

    /// <summary>A copy as a tensor.</summary>
    /// <typeparam name="T">The C# type of an element: the one of <see cref="DType"/>.</typeparam>
    /// <exception cref="InvalidOperationException">The elements are of another type.</exception>
    public Tensor<T> ToTensor<T>()
        where T : unmanaged => WireTensor.Create(AsSpan<T>().ToArray(), Shape.AsSpan());

    /// <inheritdoc/>
    public bool Equals(NDArray? other) =>
        other is not null && DType == other.DType && Layout.HasShape(other.Shape.AsSpan()) && Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NDArray);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(DType);
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    /// <summary>The array's type and shape, such as <c>ndarray float64 (7,)</c>.</summary>
    public override string ToString() => Layout.ToString();
}
