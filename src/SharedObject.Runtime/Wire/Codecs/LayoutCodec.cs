using System;

namespace SharedObjects.Wire.Codecs;

/// <summary>Reads of a dynamic object's value how it is laid out, and nothing else.</summary>
internal sealed class LayoutCodec : SharedCodec<ValueLayout>
{
    internal static readonly LayoutCodec Instance = new();

    private LayoutCodec()
    {
    }

    public override bool HasFixedKeys => false;

    public override string? DifferenceFrom(ObjectLayout found) => null;

    public override void Validate(in ValueLayout value, in CodecContext context) => throw new NotSupportedException();

    public override void Write(in ValueLayout value, Span<byte> bytes, in CodecContext context) => throw new NotSupportedException();

    public override ValueLayout Read(ReadOnlySpan<byte> bytes, in CodecContext context) => context.Layout.Value;
}
