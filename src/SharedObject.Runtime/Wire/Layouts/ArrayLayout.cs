using System;
using System.Collections.Immutable;
using System.Linq;
using SharedObjects.Internals;

namespace SharedObjects.Wire;

/// <summary>The layout of an ndarray.</summary>
public sealed class ArrayLayout : ValueLayout
{
    // numpy's own limit is 32 (64 since 2.0); the product of the lengths is bounded by the segment's size in any case.
    internal const int MaxRank = 64;

    internal ArrayLayout(DType dtype, ImmutableArray<int> shape)
        : base(WireTag.NDArray, SizeFor(dtype, shape))
    {
        DType = dtype;
        Shape = shape;
    }

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>The lengths, outermost first; empty for a 0-d array, which has one element.</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>Where the elements begin in the data area.</summary>
    public int ElementsOffset => ArrayArea.ElementsOffset(Shape.Length);

    /// <summary>The size of the elements in bytes.</summary>
    public int ElementsSize => DataSize - ElementsOffset;

    /// <summary>How many elements there are.</summary>
    public int Length => ElementsSize / DTypes.SizeOf(DType);

    /// <inheritdoc/>
    public override string ToString() => $"ndarray {DTypes.NameOf(DType)} {Text.Shape(Shape.AsSpan())}";

    internal bool HasShape(ReadOnlySpan<int> shape) => Shape.AsSpan().SequenceEqual(shape);

    internal override void AppendFixed(FixedPartsBuilder parts)
    {
        byte[] metadata = new byte[ElementsOffset];
        ArrayArea.WriteMetadata(metadata, DType, Shape.AsSpan());
        parts.Append(metadata);
        parts.Skip(ElementsSize);
    }

    private protected override string? DifferenceFromSameTag(ValueLayout found, bool compareKeys)
    {
        var other = (ArrayLayout)found;
        return DType == other.DType && Shape.SequenceEqual(other.Shape) ? null : Difference(this, found);
    }

    private static int SizeFor(DType dtype, ImmutableArray<int> shape)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shape.Length, MaxRank, nameof(shape)); // nobody could open it
        long elements = DTypes.SizeOf(dtype);
        foreach (int length in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(shape));
            // Checked at every step, as a zero further on must not hide a product that cannot be held on the way: numpy
            // itself refuses such shapes.
            elements = Math.BigMul((int)elements, length);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(elements, ObjectLayout.MaxBufferSize, nameof(shape));
        }

        return checked((int)(ArrayArea.ElementsOffset(shape.Length) + elements));
    }
}
