using System;

namespace SharedObjects.Wire.Codecs;

/// <summary>Says that a trigger can mount any object. It has no values: a trigger leaves them alone.</summary>
internal sealed class TriggerCodec : SharedCodec<SharedTrigger>
{
    internal static readonly TriggerCodec Instance = new();

    private TriggerCodec()
    {
    }

    public override string? DifferenceFrom(ObjectLayout found) => null;

    public override void Validate(in SharedTrigger value, in CodecContext context) => throw new NotSupportedException();

    public override void Write(in SharedTrigger value, Span<byte> bytes, in CodecContext context) => throw new NotSupportedException();

    public override SharedTrigger Read(ReadOnlySpan<byte> bytes, in CodecContext context) => throw new NotSupportedException();
}
