using System;

namespace SharedObjects.Wire.Codecs;

/// <summary>
/// The codec of the untyped values of a dynamic object, which has a layout made for each of them: they are in canonical form when they are
/// written, and their layout was found out from these very bytes when they are read.
/// </summary>
internal sealed class DynamicValueCodec : SharedCodec<object?>
{
    internal static readonly DynamicValueCodec Instance = new();

    private DynamicValueCodec()
    {
    }

    public override bool HasFixedKeys => false;

    public override ObjectLayout LayoutFor(in object? value, string objectName, int initSize) =>
        new(UntypedValue.LayoutOf(value, CapacityRule.AsNeeded, objectName));

    public override string? DifferenceFrom(ObjectLayout found) => null;

    public override void Validate(in object? value, in CodecContext context)
    {
    }

    public override void Write(in object? value, Span<byte> bytes, in CodecContext context) =>
        UntypedValue.Write(context.Layout.Value, value, bytes[ObjectHeader.DataOffset..]);

    public override object? Read(ReadOnlySpan<byte> bytes, in CodecContext context) =>
        UntypedValue.Read(context.Layout.Value, bytes[ObjectHeader.DataOffset..], context);
}
