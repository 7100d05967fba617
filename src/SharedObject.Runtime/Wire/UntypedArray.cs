using System;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using SharedObjects.Internals;

namespace SharedObjects.Wire;

/// <summary>What is an ndarray on the wire, of the values whose type is known only at run time: the same as in a typed object.</summary>
internal static class UntypedArray
{
    /// <summary>A copy of an array's elements.</summary>
    /// <returns>Null if the value is no array of the wire.</returns>
    /// <exception cref="SharedValueException">It is too large for an object.</exception>
    internal static NDArray? Find(object value, string objectName) => value switch
    {
        NDArray array => array,
        Array array => OfArray(array, objectName),
        Vector3 vector => NDArray.Create<float>([vector.X, vector.Y, vector.Z], 3),
        Quaternion rotation => NDArray.Create<float>([rotation.X, rotation.Y, rotation.Z, rotation.W], 4),
        Matrix4x4 matrix => OfMatrix(matrix),
        IReadOnlyTensor => OfTensor(value, objectName),
        _ => null,
    };

    private static NDArray? OfArray(Array array, string objectName)
    {
        if (DTypes.Find(array.GetType().GetElementType()!) is not { } dtype)
        {
            return null;
        }

        int size = SizeOf(dtype, array.LongLength, objectName);
        return NDArray.FromBytes(dtype, WireArray.ShapeOf(array), MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(array), size));
    }

    // Without reflection the element type is found by trying all of them.
    private static NDArray? OfTensor(object tensor, string objectName) =>
        TryTensor<double>(tensor, objectName) ?? TryTensor<float>(tensor, objectName) ?? TryTensor<byte>(tensor, objectName)
        ?? TryTensor<bool>(tensor, objectName) ?? TryTensor<sbyte>(tensor, objectName)
        ?? TryTensor<short>(tensor, objectName) ?? TryTensor<ushort>(tensor, objectName)
        ?? TryTensor<int>(tensor, objectName) ?? TryTensor<uint>(tensor, objectName)
        ?? TryTensor<long>(tensor, objectName) ?? TryTensor<ulong>(tensor, objectName)
        ?? TryTensor<Half>(tensor, objectName) ?? TryTensor<Complex64>(tensor, objectName) ?? TryTensor<Complex>(tensor, objectName)
        ?? TryTensor<LongDouble>(tensor, objectName) ?? TryTensor<LongDoubleComplex>(tensor, objectName);

    private static NDArray? TryTensor<T>(object value, string objectName)
        where T : unmanaged
    {
        if (value is not Tensor<T> tensor)
        {
            return null;
        }

        DType dtype = DTypes.Of<T>();
        _ = SizeOf(dtype, tensor.FlattenedLength, objectName);
        T[] elements = new T[tensor.FlattenedLength];
        tensor.FlattenTo(elements);
        return NDArray.Create<T>(elements, WireTensor.ToInts(tensor.Lengths));
    }

    private static NDArray OfMatrix(Matrix4x4 matrix)
    {
        Span<byte> bytes = stackalloc byte[16 * sizeof(float)];
        WireNumerics.WriteMatrix4x4(bytes, 0, matrix); // which transposes it
        return NDArray.FromBytes(DType.Float32, [4, 4], bytes);
    }

    private static int SizeOf(DType dtype, long count, string objectName)
    {
        int size = DTypes.SizeOf(dtype);
        return count <= int.MaxValue / size
            ? (int)count * size
            : throw Error.ValueDoesNotFit(objectName, null, $"an array of at most {int.MaxValue} bytes", $"{count} elements of {size}");
    }
}
