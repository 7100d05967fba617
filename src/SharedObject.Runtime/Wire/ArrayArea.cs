using System;
using System.Buffers.Binary;

namespace SharedObjects.Wire;

/// <summary>The data area of an ndarray.</summary>
/// <remarks>
/// <code>
///   0   1               9                  9 + 8 * ndim
///   +---+---------------+------- - - ------+---------------------- - -
///   |dty|     ndim      | ndim x u64 shape | elements in C order
///   +---+---------------+------- - - ------+---------------------- - -
/// </code>
/// </remarks>
public static class ArrayArea
{
    /// <summary>The element type, u8: a <see cref="DType"/>.</summary>
    public const int DTypeOffset = 0;

    /// <summary>The rank, u64; 0 is a scalar array with one element.</summary>
    public const int RankOffset = 1;

    /// <summary>The lengths, u64 each, outermost first; 0 is legal.</summary>
    public const int ShapeOffset = 9;

    /// <summary>Where the elements begin.</summary>
    /// <param name="rank">The array's rank.</param>
    public static int ElementsOffset(int rank) => ShapeOffset + (8 * rank);

    /// <summary>Writes what precedes the elements.</summary>
    /// <param name="area">The area, at least <see cref="ElementsOffset"/> bytes.</param>
    /// <param name="dtype">The element type.</param>
    /// <param name="shape">The lengths, outermost first.</param>
    public static void WriteMetadata(Span<byte> area, DType dtype, ReadOnlySpan<int> shape)
    {
        area[DTypeOffset] = (byte)dtype;
        BinaryPrimitives.WriteUInt64LittleEndian(area[RankOffset..], (ulong)shape.Length);
        for (int i = 0; i < shape.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(area[(ShapeOffset + (8 * i))..], (ulong)shape[i]);
        }
    }
}
