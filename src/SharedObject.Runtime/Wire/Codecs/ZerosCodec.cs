using System;

namespace SharedObjects.Wire.Codecs;

/// <summary>Makes arrays of one shape that hold zeros. It has no values: a <c>SharedArray</c> reads and writes elements itself.</summary>
internal sealed class ZerosCodec<TElement>(ReadOnlySpan<int> shape) : SharedCodec<ZerosCodec<TElement>.NoValue>
    where TElement : unmanaged
{
    private readonly ObjectLayout _layout = new(ValueLayout.Array(DTypes.Of<TElement>(), shape));

    public override ObjectLayout FixedLayout => _layout;

    public override void Validate(in NoValue value, in CodecContext context)
    {
    }

    public override void Write(in NoValue value, Span<byte> bytes, in CodecContext context)
    {
        // A new segment is zeroed, and so the array is written already.
    }

    public override NoValue Read(ReadOnlySpan<byte> bytes, in CodecContext context) => default;

    internal readonly struct NoValue;
}
