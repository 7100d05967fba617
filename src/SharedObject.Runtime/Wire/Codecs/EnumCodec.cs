using System;
using System.Runtime.CompilerServices;

namespace SharedObjects.Wire.Codecs;

/// <summary>The codec of enums: <c>int</c>, range-checked against the enum's underlying type (not against its names).</summary>
internal sealed class EnumCodec<T> : SharedCodec<T>
{
    private static readonly ObjectLayout s_layout = new(ValueLayout.Int);
    private static readonly TypeCode s_underlying = Type.GetTypeCode(typeof(T));

    public override ObjectLayout FixedLayout => s_layout;

    public override void Validate(in T value, in CodecContext context)
    {
        if (s_underlying == TypeCode.UInt64)
        {
            WireValue.CheckInt(As<ulong>(value), context);
        }
    }

    public override void Write(in T value, Span<byte> bytes, in CodecContext context) =>
        WireValue.WriteInt(bytes, ObjectHeader.DataOffset, s_underlying switch
        {
            TypeCode.SByte => As<sbyte>(value),
            TypeCode.Byte => As<byte>(value),
            TypeCode.Int16 => As<short>(value),
            TypeCode.UInt16 => As<ushort>(value),
            TypeCode.Int32 => As<int>(value),
            TypeCode.UInt32 => As<uint>(value),
            _ => As<long>(value),
        });

    public override T Read(ReadOnlySpan<byte> bytes, in CodecContext context) => s_underlying switch
    {
        TypeCode.SByte => Read<sbyte>(bytes, context),
        TypeCode.Byte => Read<byte>(bytes, context),
        TypeCode.Int16 => Read<short>(bytes, context),
        TypeCode.UInt16 => Read<ushort>(bytes, context),
        TypeCode.Int32 => Read<int>(bytes, context),
        TypeCode.UInt32 => Read<uint>(bytes, context),
        TypeCode.UInt64 => Read<ulong>(bytes, context),
        _ => Read<long>(bytes, context),
    };

    private static T Read<TNumber>(ReadOnlySpan<byte> bytes, in CodecContext context)
        where TNumber : unmanaged, System.Numerics.IBinaryInteger<TNumber>, System.Numerics.IMinMaxValue<TNumber>
    {
        TNumber number = WireValue.ReadInt<TNumber>(bytes, ObjectHeader.DataOffset, context);
        return Unsafe.As<TNumber, T>(ref number);
    }

    // An enum has the bits of its underlying type, which the switches above have made sure of.
    private static TNumber As<TNumber>(T value)
        where TNumber : unmanaged => Unsafe.As<T, TNumber>(ref value);
}
