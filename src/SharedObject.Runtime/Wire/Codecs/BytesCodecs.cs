using System;
using SharedObjects.Internals;

namespace SharedObjects.Wire.Codecs;

/// <summary>The codec of objects that are one <c>str</c>, <c>bytes</c> or <c>bytearray</c>, of whatever capacity.</summary>
internal abstract class BytesLikeCodec<T>(WireTag tag) : SharedCodec<T>
    where T : class
{
    public override ObjectLayout LayoutFor(in T value, string objectName, int initSize) => value is null
        ? throw Error.ValueDoesNotFit(objectName, null, new BytesLayout(tag, 0).TypeName, "null")
        : new ObjectLayout(new BytesLayout(tag, BytesArea.CapacityFor(Length(value, objectName), initSize)));

    public override string? DifferenceFrom(ObjectLayout found)
    {
        var own = new BytesLayout(tag, (found.Value as BytesLayout)?.Capacity ?? 0);
        return own.Tag == found.Value.Tag ? null : $"expected {own.TypeName}, found {found}";
    }

    protected static int Capacity(in CodecContext context) => ((BytesLayout)context.Layout.Value).Capacity;

    protected abstract int Length(T value, string objectName);
}

/// <summary><c>str</c>.</summary>
internal sealed class StringCodec() : BytesLikeCodec<string>(WireTag.Str)
{
    public override void Validate(in string value, in CodecContext context) =>
        WireValue.CheckString(value, Capacity(context), context);

    public override void Write(in string value, Span<byte> bytes, in CodecContext context) =>
        WireValue.WriteString(bytes, ObjectHeader.DataOffset, Capacity(context), value);

    public override string Read(ReadOnlySpan<byte> bytes, in CodecContext context) =>
        WireValue.ReadString(bytes, ObjectHeader.DataOffset, Capacity(context), context);

    protected override int Length(string value, string objectName) => WireValue.Utf8Length(value, objectName, null);
}

/// <summary><c>bytes</c>.</summary>
internal sealed class BytesCodec() : BytesLikeCodec<byte[]>(WireTag.Bytes)
{
    public override void Validate(in byte[] value, in CodecContext context) =>
        WireValue.CheckBytes(value, Capacity(context), context);

    public override void Write(in byte[] value, Span<byte> bytes, in CodecContext context) =>
        WireValue.WriteBytes(bytes, ObjectHeader.DataOffset, Capacity(context), value);

    public override byte[] Read(ReadOnlySpan<byte> bytes, in CodecContext context) =>
        WireValue.ReadBytes(bytes, ObjectHeader.DataOffset, Capacity(context));

    protected override int Length(byte[] value, string objectName) => value.Length;
}

/// <summary><c>bytearray</c>.</summary>
internal sealed class ByteArrayCodec() : BytesLikeCodec<ByteArray>(WireTag.ByteArray)
{
    public override void Validate(in ByteArray value, in CodecContext context) =>
        WireValue.CheckBytes(value?.Bytes, Capacity(context), context);

    public override void Write(in ByteArray value, Span<byte> bytes, in CodecContext context) =>
        WireValue.WriteBytes(bytes, ObjectHeader.DataOffset, Capacity(context), value.Bytes);

    public override ByteArray Read(ReadOnlySpan<byte> bytes, in CodecContext context) =>
        new(WireValue.ReadBytes(bytes, ObjectHeader.DataOffset, Capacity(context)));

    protected override int Length(ByteArray value, string objectName) => value.Bytes.Length;
}
