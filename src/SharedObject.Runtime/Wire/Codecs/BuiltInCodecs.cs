using System;
using System.Numerics;
using System.Numerics.Tensors;
using SharedObjects.Internals;

namespace SharedObjects.Wire.Codecs;

/// <summary>The codecs of the types that can be shared without a schema.</summary>
internal static class BuiltInCodecs
{
    /// <summary>The codec of <typeparamref name="T"/>.</summary>
    /// <exception cref="NotSupportedException">There is none.</exception>
    internal static SharedCodec<T> Of<T>() => PerType<T>.Codec ?? throw Error.NoCodec(typeof(T));

    // Each test is a constant to the compiler, and every instantiation is named: nothing is left to reflection or to run time,
    // which a natively compiled program could not serve.
    private static object? Find(Type type) =>
        type == typeof(bool) ? new ScalarCodec<bool, BoolFormat>()
        : type == typeof(long) ? new ScalarCodec<long, IntFormat<long>>()
        : type == typeof(int) ? new ScalarCodec<int, IntFormat<int>>()
        : type == typeof(short) ? new ScalarCodec<short, IntFormat<short>>()
        : type == typeof(sbyte) ? new ScalarCodec<sbyte, IntFormat<sbyte>>()
        : type == typeof(byte) ? new ScalarCodec<byte, IntFormat<byte>>()
        : type == typeof(ulong) ? new ScalarCodec<ulong, IntFormat<ulong>>()
        : type == typeof(uint) ? new ScalarCodec<uint, IntFormat<uint>>()
        : type == typeof(ushort) ? new ScalarCodec<ushort, IntFormat<ushort>>()
        : type == typeof(double) ? new ScalarCodec<double, DoubleFormat>()
        : type == typeof(float) ? new ScalarCodec<float, SingleFormat>()
        : type == typeof(Complex) ? new ScalarCodec<Complex, ComplexFormat>()
        : type == typeof(Pose) ? new ScalarCodec<Pose, PoseFormat>()
        : type == typeof(Vector3) ? new ScalarCodec<Vector3, Vector3Format>()
        : type == typeof(Quaternion) ? new ScalarCodec<Quaternion, QuaternionFormat>()
        : type == typeof(Matrix4x4) ? new ScalarCodec<Matrix4x4, Matrix4x4Format>()
        : type == typeof(string) ? new StringCodec()
        : type == typeof(byte[]) ? new BytesCodec()
        : type == typeof(ByteArray) ? new ByteArrayCodec()
        : type == typeof(NDArray) ? new NDArrayCodec()
        : type == typeof(object) ? new UntypedCodec<object?>(null)
        : type == typeof(SharedDict) ? new UntypedCodec<SharedDict>(WireTag.Dict)
        : type == typeof(SharedTuple) ? new UntypedCodec<SharedTuple>(WireTag.Tuple)
        : type == typeof(SharedList) ? new UntypedCodec<SharedList>(WireTag.List)
        : type == typeof(SharedSet) ? new UntypedCodec<SharedSet>(WireTag.Set)
        : FindArray<bool>(type) ?? FindArray<sbyte>(type) ?? FindArray<byte>(type) ?? FindArray<short>(type)
            ?? FindArray<ushort>(type) ?? FindArray<int>(type) ?? FindArray<uint>(type) ?? FindArray<long>(type)
            ?? FindArray<ulong>(type) ?? FindArray<Half>(type) ?? FindArray<float>(type) ?? FindArray<double>(type)
            ?? FindArray<LongDouble>(type) ?? FindArray<Complex64>(type) ?? FindArray<Complex>(type)
            ?? FindArray<LongDoubleComplex>(type);

    private static object? FindArray<TElement>(Type type)
        where TElement : unmanaged =>
        type == typeof(TElement[]) ? new VectorCodec<TElement>()
        : type == typeof(TElement[,]) ? new ClrArrayCodec<TElement[,], TElement>(2)
        : type == typeof(TElement[,,]) ? new ClrArrayCodec<TElement[,,], TElement>(3)
        : type == typeof(Tensor<TElement>) ? new TensorCodec<TElement>()
        : null;

    private static class PerType<T>
    {
        internal static readonly SharedCodec<T>? Codec = typeof(T).IsEnum ? new EnumCodec<T>() : (SharedCodec<T>?)Find(typeof(T));
    }
}
