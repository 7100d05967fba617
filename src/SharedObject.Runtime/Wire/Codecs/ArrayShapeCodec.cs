using System;

namespace SharedObjects.Wire.Codecs;

/// <summary>
/// Says which arrays a <c>SharedArray</c> of a given shape can mount. It has no values: a <c>SharedArray</c> reads and writes elements
/// itself.
/// </summary>
internal sealed class ArrayShapeCodec<TElement>(ReadOnlySpan<int> shape) : SharedCodec<ArrayShapeCodec<TElement>.NoValue>
    where TElement : unmanaged
{
    private readonly ObjectLayout _layout = new(ValueLayout.Array(DTypes.Of<TElement>(), shape));

    public override ObjectLayout FixedLayout => _layout;

    public override void Validate(in NoValue value, in CodecContext context) => throw new NotSupportedException();

    public override void Write(in NoValue value, Span<byte> bytes, in CodecContext context) => throw new NotSupportedException();

    public override NoValue Read(ReadOnlySpan<byte> bytes, in CodecContext context) => throw new NotSupportedException();

    internal readonly struct NoValue;
}
