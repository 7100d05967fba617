using System;

namespace SharedObjects.Wire.Codecs;

/// <summary>
/// Says which objects a <see cref="SharedDynamicObject"/> can mount. It has no values: their types differ, and so do their codecs.
/// </summary>
internal sealed class DynamicCodec : SharedCodec<SharedDynamicObject>
{
    internal static readonly DynamicCodec Instance = new();

    private DynamicCodec()
    {
    }

    public override ObjectLayout FixedLayout => DynamicLayout.OfObject;

    public override void Validate(in SharedDynamicObject value, in CodecContext context) => throw new NotSupportedException();

    public override void Write(in SharedDynamicObject value, Span<byte> bytes, in CodecContext context) => throw new NotSupportedException();

    public override SharedDynamicObject Read(ReadOnlySpan<byte> bytes, in CodecContext context) => throw new NotSupportedException();
}
