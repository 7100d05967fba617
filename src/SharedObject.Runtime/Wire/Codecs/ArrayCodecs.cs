using System;
using System.Numerics.Tensors;
using SharedObjects.Internals;

namespace SharedObjects.Wire.Codecs;

/// <summary>The codec of objects that are one ndarray, of a known element type and of the shape that the object has.</summary>
internal abstract class ArrayCodec<T, TElement> : SharedCodec<T>
    where T : class
    where TElement : unmanaged
{
    public override bool IsPlain => true;

    /// <summary>The rank that an object must have, or null where any will do.</summary>
    protected abstract int? Rank { get; }

    public override ObjectLayout LayoutFor(in T value, string objectName, int initSize) => value is null
        ? throw Error.ValueDoesNotFit(objectName, null, "an array", "null")
        : new ObjectLayout(ValueLayout.Array(DTypes.Of<TElement>(), ShapeOf(value)));

    public override string? DifferenceFrom(ObjectLayout found) =>
        found.Value is ArrayLayout array && array.DType == DTypes.Of<TElement>() && (Rank is null || array.Shape.Length == Rank)
            ? null
            : $"expected ndarray {DTypes.NameOf(DTypes.Of<TElement>())}{(Rank is null ? "" : $" with {Rank} dimensions")}, found {found}";

    protected static ReadOnlySpan<int> Shape(in CodecContext context) => ((ArrayLayout)context.Layout.Value).Shape.AsSpan();

    protected static int ElementsOffset(in CodecContext context) =>
        ObjectHeader.DataOffset + ((ArrayLayout)context.Layout.Value).ElementsOffset;

    protected abstract ReadOnlySpan<int> ShapeOf(T value);
}

/// <summary><c>T[]</c>: an ndarray of one dimension.</summary>
internal sealed class VectorCodec<TElement> : ArrayCodec<TElement[], TElement>
    where TElement : unmanaged
{
    protected override int? Rank => 1;

    public override void Validate(in TElement[] value, in CodecContext context) =>
        WireArray.CheckLength(value, Shape(context)[0], context);

    public override void Write(in TElement[] value, Span<byte> bytes, in CodecContext context) =>
        WireArray.Write<TElement>(bytes, ElementsOffset(context), value);

    public override TElement[] Read(ReadOnlySpan<byte> bytes, in CodecContext context)
    {
        TElement[] array = GC.AllocateUninitializedArray<TElement>(Shape(context)[0]);
        WireArray.Read(bytes, ElementsOffset(context), array.AsSpan());
        return array;
    }

    public override void ReadInto(ReadOnlySpan<byte> bytes, ref TElement[] value, in CodecContext context)
    {
        if (value?.Length == Shape(context)[0])
        {
            WireArray.Read(bytes, ElementsOffset(context), value.AsSpan());
        }
        else
        {
            value = Read(bytes, context);
        }
    }

    protected override ReadOnlySpan<int> ShapeOf(TElement[] value) => new int[] { value.Length };
}

/// <summary><c>T[,]</c> or <c>T[,,]</c>: an ndarray of the same rank.</summary>
internal sealed class ClrArrayCodec<T, TElement>(int rank) : ArrayCodec<T, TElement>
    where T : class
    where TElement : unmanaged
{
    protected override int? Rank => rank;

    public override void Validate(in T value, in CodecContext context) =>
        WireArray.CheckShape((Array?)(object)value, Shape(context), context);

    public override void Write(in T value, Span<byte> bytes, in CodecContext context) =>
        WireArray.Write<TElement>(bytes, ElementsOffset(context), WireArray.AllElements<TElement>((Array)(object)value));

    public override T Read(ReadOnlySpan<byte> bytes, in CodecContext context)
    {
        ReadOnlySpan<int> shape = Shape(context);
        Array array = rank switch
        {
            2 => new TElement[shape[0], shape[1]],
            _ => new TElement[shape[0], shape[1], shape[2]],
        };
        WireArray.Read(bytes, ElementsOffset(context), WireArray.AllElements<TElement>(array));
        return (T)(object)array;
    }

    public override void ReadInto(ReadOnlySpan<byte> bytes, ref T value, in CodecContext context)
    {
        if ((Array?)(object?)value is { } array && WireArray.HasShape(array, Shape(context)))
        {
            WireArray.Read(bytes, ElementsOffset(context), WireArray.AllElements<TElement>(array));
        }
        else
        {
            value = Read(bytes, context);
        }
    }

    protected override ReadOnlySpan<int> ShapeOf(T value) => WireArray.ShapeOf((Array)(object)value);
}

/// <summary><see cref="Tensor{T}"/>: an ndarray of any rank.</summary>
internal sealed class TensorCodec<TElement> : ArrayCodec<Tensor<TElement>, TElement>
    where TElement : unmanaged
{
    protected override int? Rank => null;

    public override void Validate(in Tensor<TElement> value, in CodecContext context) =>
        WireTensor.CheckShape(value, Shape(context), context);

    public override void Write(in Tensor<TElement> value, Span<byte> bytes, in CodecContext context) =>
        WireTensor.Write(bytes, ElementsOffset(context), value.AsReadOnlyTensorSpan());

    public override Tensor<TElement> Read(ReadOnlySpan<byte> bytes, in CodecContext context) =>
        WireTensor.Read<TElement>(bytes, ElementsOffset(context), Shape(context));

    public override void ReadInto(ReadOnlySpan<byte> bytes, ref Tensor<TElement> value, in CodecContext context)
    {
        Tensor<TElement>? tensor = value;
        WireTensor.ReadInto(bytes, ElementsOffset(context), Shape(context), ref tensor);
        value = tensor;
    }

    protected override ReadOnlySpan<int> ShapeOf(Tensor<TElement> value) => WireTensor.ToInts(value.Lengths);
}

/// <summary><see cref="NDArray"/>: an ndarray of any element type and rank.</summary>
internal sealed class NDArrayCodec : SharedCodec<NDArray>
{
    public override ObjectLayout LayoutFor(in NDArray value, string objectName, int initSize) => value is null
        ? throw Error.ValueDoesNotFit(objectName, null, "an array", "null")
        : new ObjectLayout(value.Layout);

    public override string? DifferenceFrom(ObjectLayout found) => found.Value is ArrayLayout ? null : $"expected ndarray, found {found}";

    public override void Validate(in NDArray value, in CodecContext context)
    {
        if (value is null)
        {
            throw Error.ValueDoesNotFit(context, null, context.Layout.ToString(), "null");
        }

        if (context.Layout.Value.DifferenceFrom(value.Layout, compareKeys: false) is { } difference)
        {
            throw Error.LayoutDoesNotFit(context.ObjectName, difference);
        }
    }

    public override void Write(in NDArray value, Span<byte> bytes, in CodecContext context) =>
        UntypedValue.Write(context.Layout.Value, value, bytes[ObjectHeader.DataOffset..]);

    public override NDArray Read(ReadOnlySpan<byte> bytes, in CodecContext context) =>
        (NDArray)UntypedValue.Read(context.Layout.Value, bytes[ObjectHeader.DataOffset..], context)!;
}
