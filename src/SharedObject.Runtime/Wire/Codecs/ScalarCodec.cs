using System;

namespace SharedObjects.Wire.Codecs;

/// <summary>The codec of a type whose layout never varies.</summary>
internal sealed class ScalarCodec<T, TFormat> : SharedCodec<T>
    where TFormat : IScalarFormat<T>
{
    private static readonly ObjectLayout s_layout = new(TFormat.Layout);
    private static readonly int s_offset = ObjectHeader.DataOffset + (TFormat.Layout is ArrayLayout array ? array.ElementsOffset : 0);

    public override ObjectLayout FixedLayout => s_layout;

    public override bool IsPlain => TFormat.IsPlain;

    public override void Validate(in T value, in CodecContext context) => TFormat.Validate(value, context);

    public override void Write(in T value, Span<byte> bytes, in CodecContext context) => TFormat.Write(bytes, s_offset, value);

    public override T Read(ReadOnlySpan<byte> bytes, in CodecContext context) => TFormat.Read(bytes, s_offset, context);
}
