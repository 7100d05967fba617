using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace SharedObjects.Wire;

/// <summary>
/// Reads and writes <see cref="Vector3"/>, <see cref="Quaternion"/> and <see cref="Matrix4x4"/> as the elements of float32
/// or float64 arrays of shape (3,), (4,) and (4, 4).
/// </summary>
/// <remarks>
/// numpy's 4x4 transforms are for column vectors, with the translation in the last column;
/// <see cref="Matrix4x4"/> is for row vectors, with it in the last row. The same transform is therefore the transpose, and
/// the matrix is transposed on its way.
/// </remarks>
public static class WireNumerics
{
    /// <summary>Reads three numbers.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the elements begin.</param>
    public static Vector3 ReadVector3(ReadOnlySpan<byte> bytes, int offset)
    {
        Span<float> n = stackalloc float[3];
        ReadSingles(bytes, offset, n);
        return new Vector3(n);
    }

    /// <summary>Reads three float64 numbers, rounded to float32.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the elements begin.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedRangeException">A number is finite and beyond a <see cref="float"/>'s range.</exception>
    public static Vector3 ReadVector3Float64(ReadOnlySpan<byte> bytes, int offset, in CodecContext context, string? member = null)
    {
        Span<float> n = stackalloc float[3];
        ReadDoubles(bytes, offset, n, context, member);
        return new Vector3(n);
    }

    /// <summary>Writes three numbers.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the elements begin.</param>
    /// <param name="value">The vector.</param>
    public static void WriteVector3(Span<byte> bytes, int offset, Vector3 value) =>
        WriteSingles(bytes, offset, [value.X, value.Y, value.Z]);

    /// <summary>Writes three numbers as float64.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the elements begin.</param>
    /// <param name="value">The vector.</param>
    public static void WriteVector3Float64(Span<byte> bytes, int offset, Vector3 value) =>
        WriteDoubles(bytes, offset, [value.X, value.Y, value.Z]);

    /// <summary>Reads a quaternion.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the elements begin.</param>
    /// <param name="order">Their order.</param>
    public static Quaternion ReadQuaternion(ReadOnlySpan<byte> bytes, int offset, QuaternionOrder order)
    {
        Span<float> n = stackalloc float[4];
        ReadSingles(bytes, offset, n);
        return ToQuaternion(n, order);
    }

    /// <summary>Reads a quaternion of float64 numbers, rounded to float32.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the elements begin.</param>
    /// <param name="order">Their order.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedRangeException">A number is finite and beyond a <see cref="float"/>'s range.</exception>
    public static Quaternion ReadQuaternionFloat64(
        ReadOnlySpan<byte> bytes, int offset, QuaternionOrder order, in CodecContext context, string? member = null)
    {
        Span<float> n = stackalloc float[4];
        ReadDoubles(bytes, offset, n, context, member);
        return ToQuaternion(n, order);
    }

    /// <summary>Writes a quaternion.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the elements begin.</param>
    /// <param name="value">The quaternion.</param>
    /// <param name="order">The order on the wire.</param>
    public static void WriteQuaternion(Span<byte> bytes, int offset, Quaternion value, QuaternionOrder order)
    {
        Span<float> n = stackalloc float[4];
        FromQuaternion(value, order, n);
        WriteSingles(bytes, offset, n);
    }

    /// <summary>Writes a quaternion as float64.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the elements begin.</param>
    /// <param name="value">The quaternion.</param>
    /// <param name="order">The order on the wire.</param>
    public static void WriteQuaternionFloat64(Span<byte> bytes, int offset, Quaternion value, QuaternionOrder order)
    {
        Span<float> n = stackalloc float[4];
        FromQuaternion(value, order, n);
        WriteDoubles(bytes, offset, n);
    }

    /// <summary>Reads a transform.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the elements begin.</param>
    public static Matrix4x4 ReadMatrix4x4(ReadOnlySpan<byte> bytes, int offset)
    {
        Matrix4x4 matrix = default;
        ReadSingles(bytes, offset, Numbers(ref matrix));
        return Matrix4x4.Transpose(matrix);
    }

    /// <summary>Reads a transform of float64 numbers, rounded to float32.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the elements begin.</param>
    /// <param name="context">The object, for messages.</param>
    /// <param name="member">The C# member, for messages.</param>
    /// <exception cref="SharedRangeException">A number is finite and beyond a <see cref="float"/>'s range.</exception>
    public static Matrix4x4 ReadMatrix4x4Float64(ReadOnlySpan<byte> bytes, int offset, in CodecContext context, string? member = null)
    {
        Matrix4x4 matrix = default;
        ReadDoubles(bytes, offset, Numbers(ref matrix), context, member);
        return Matrix4x4.Transpose(matrix);
    }

    /// <summary>Writes a transform.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the elements begin.</param>
    /// <param name="value">The transform.</param>
    public static void WriteMatrix4x4(Span<byte> bytes, int offset, Matrix4x4 value)
    {
        Matrix4x4 transposed = Matrix4x4.Transpose(value);
        WriteSingles(bytes, offset, Numbers(ref transposed));
    }

    /// <summary>Writes a transform as float64.</summary>
    /// <param name="bytes">The object.</param>
    /// <param name="offset">Where the elements begin.</param>
    /// <param name="value">The transform.</param>
    public static void WriteMatrix4x4Float64(Span<byte> bytes, int offset, Matrix4x4 value)
    {
        Matrix4x4 transposed = Matrix4x4.Transpose(value);
        WriteDoubles(bytes, offset, Numbers(ref transposed));
    }

    private static Quaternion ToQuaternion(ReadOnlySpan<float> n, QuaternionOrder order) =>
        order == QuaternionOrder.Xyzw ? new(n[0], n[1], n[2], n[3]) : new(n[1], n[2], n[3], n[0]);

    private static void FromQuaternion(Quaternion q, QuaternionOrder order, Span<float> n)
    {
        ReadOnlySpan<float> numbers = order == QuaternionOrder.Xyzw ? [q.X, q.Y, q.Z, q.W] : [q.W, q.X, q.Y, q.Z];
        numbers.CopyTo(n);
    }

    private static Span<float> Numbers(ref Matrix4x4 matrix) =>
        MemoryMarshal.Cast<Matrix4x4, float>(MemoryMarshal.CreateSpan(ref matrix, 1));

    private static void ReadSingles(ReadOnlySpan<byte> bytes, int offset, Span<float> numbers) =>
        WireArray.Read(bytes, offset, numbers);

    private static void WriteSingles(Span<byte> bytes, int offset, ReadOnlySpan<float> numbers) =>
        WireArray.Write(bytes, offset, numbers);

    private static void ReadDoubles(ReadOnlySpan<byte> bytes, int offset, Span<float> numbers, in CodecContext context, string? member)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            double value = BinaryPrimitives.ReadDoubleLittleEndian(bytes[(offset + (sizeof(double) * i))..]);
            numbers[i] = WireValue.Narrow(value, context, member);
        }
    }

    private static void WriteDoubles(Span<byte> bytes, int offset, ReadOnlySpan<float> numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes[(offset + (sizeof(double) * i))..], numbers[i]);
        }
    }
}
