using System;
using System.Numerics;

namespace SharedObjects.Wire.Codecs;

/// <summary><c>bool</c>.</summary>
internal readonly struct BoolFormat : IScalarFormat<bool>
{
    public static ValueLayout Layout => ValueLayout.Bool;

    public static bool Read(ReadOnlySpan<byte> bytes, int offset, in CodecContext context) => WireValue.ReadBool(bytes, offset);

    public static void Write(Span<byte> bytes, int offset, bool value) => WireValue.WriteBool(bytes, offset, value);
}

/// <summary><c>int</c> as any integer type; range-checked.</summary>
internal readonly struct IntFormat<T> : IScalarFormat<T>
    where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    public static ValueLayout Layout => ValueLayout.Int;

    public static bool IsPlain => typeof(T) == typeof(long);

    public static T Read(ReadOnlySpan<byte> bytes, int offset, in CodecContext context) => WireValue.ReadInt<T>(bytes, offset, context);

    public static void Write(Span<byte> bytes, int offset, T value) => WireValue.WriteInt(bytes, offset, long.CreateTruncating(value));

    public static void Validate(T value, in CodecContext context)
    {
        if (typeof(T) == typeof(ulong))
        {
            WireValue.CheckInt(ulong.CreateTruncating(value), context);
        }
    }
}

/// <summary><c>float</c> as a 64-bit number.</summary>
internal readonly struct DoubleFormat : IScalarFormat<double>
{
    public static ValueLayout Layout => ValueLayout.Float;

    public static double Read(ReadOnlySpan<byte> bytes, int offset, in CodecContext context) => WireValue.ReadFloat(bytes, offset);

    public static void Write(Span<byte> bytes, int offset, double value) => WireValue.WriteFloat(bytes, offset, value);
}

/// <summary><c>float</c> as a 32-bit number; range-checked.</summary>
internal readonly struct SingleFormat : IScalarFormat<float>
{
    public static ValueLayout Layout => ValueLayout.Float;

    public static bool IsPlain => false; // range-checked

    public static float Read(ReadOnlySpan<byte> bytes, int offset, in CodecContext context) => WireValue.ReadSingle(bytes, offset, context);

    public static void Write(Span<byte> bytes, int offset, float value) => WireValue.WriteFloat(bytes, offset, value);
}

/// <summary><c>complex</c>.</summary>
internal readonly struct ComplexFormat : IScalarFormat<Complex>
{
    public static ValueLayout Layout => ValueLayout.Complex;

    public static Complex Read(ReadOnlySpan<byte> bytes, int offset, in CodecContext context) => WireValue.ReadComplex(bytes, offset);

    public static void Write(Span<byte> bytes, int offset, Complex value) => WireValue.WriteComplex(bytes, offset, value);
}

/// <summary><c>Pose</c>.</summary>
internal readonly struct PoseFormat : IScalarFormat<Pose>
{
    public static ValueLayout Layout => ValueLayout.Pose;

    public static Pose Read(ReadOnlySpan<byte> bytes, int offset, in CodecContext context) => WireValue.ReadPose(bytes, offset);

    public static void Write(Span<byte> bytes, int offset, Pose value) => WireValue.WritePose(bytes, offset, value);
}

/// <summary>A float32 ndarray of shape (3,).</summary>
internal readonly struct Vector3Format : IScalarFormat<Vector3>
{
    public static ValueLayout Layout => ValueLayout.Array(DType.Float32, 3);

    public static Vector3 Read(ReadOnlySpan<byte> bytes, int offset, in CodecContext context) => WireNumerics.ReadVector3(bytes, offset);

    public static void Write(Span<byte> bytes, int offset, Vector3 value) => WireNumerics.WriteVector3(bytes, offset, value);
}

/// <summary>A float32 ndarray of shape (4,), x y z w.</summary>
internal readonly struct QuaternionFormat : IScalarFormat<Quaternion>
{
    public static ValueLayout Layout => ValueLayout.Array(DType.Float32, 4);

    public static Quaternion Read(ReadOnlySpan<byte> bytes, int offset, in CodecContext context) =>
        WireNumerics.ReadQuaternion(bytes, offset, QuaternionOrder.Xyzw);

    public static void Write(Span<byte> bytes, int offset, Quaternion value) =>
        WireNumerics.WriteQuaternion(bytes, offset, value, QuaternionOrder.Xyzw);
}

/// <summary>A float32 ndarray of shape (4, 4), transposed on its way.</summary>
internal readonly struct Matrix4x4Format : IScalarFormat<Matrix4x4>
{
    public static ValueLayout Layout => ValueLayout.Array(DType.Float32, 4, 4);

    public static Matrix4x4 Read(ReadOnlySpan<byte> bytes, int offset, in CodecContext context) => WireNumerics.ReadMatrix4x4(bytes, offset);

    public static void Write(Span<byte> bytes, int offset, Matrix4x4 value) => WireNumerics.WriteMatrix4x4(bytes, offset, value);
}
