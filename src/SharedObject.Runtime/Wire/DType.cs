namespace SharedObjects.Wire;

/// <summary>The element type of an ndarray, by its index on the wire. All are little-endian.</summary>
public enum DType : byte
{
    /// <summary>numpy <c>bool</c>, 1 byte: <see cref="bool"/>.</summary>
    Bool = 0,

    /// <summary>numpy <c>int8</c>: <see cref="sbyte"/>.</summary>
    Int8 = 1,

    /// <summary>numpy <c>uint8</c>: <see cref="byte"/>.</summary>
    UInt8 = 2,

    /// <summary>numpy <c>int16</c>: <see cref="short"/>.</summary>
    Int16 = 3,

    /// <summary>numpy <c>uint16</c>: <see cref="ushort"/>.</summary>
    UInt16 = 4,

    /// <summary>numpy <c>int32</c>: <see cref="int"/>.</summary>
    Int32 = 5,

    /// <summary>numpy <c>uint32</c>: <see cref="uint"/>.</summary>
    UInt32 = 6,

    /// <summary>numpy <c>int64</c>: <see cref="long"/>.</summary>
    Int64 = 7,

    /// <summary>numpy <c>uint64</c>: <see cref="ulong"/>.</summary>
    UInt64 = 8,

    /// <summary>numpy <c>float16</c>: <see cref="System.Half"/>.</summary>
    Float16 = 9,

    /// <summary>numpy <c>float32</c>: <see cref="float"/>.</summary>
    Float32 = 10,

    /// <summary>numpy <c>float64</c>: <see cref="double"/>.</summary>
    Float64 = 11,

    /// <summary>numpy <c>longdouble</c> (<c>float128</c>) of x86-64, 16 bytes: <see cref="SharedObjects.LongDouble"/>.</summary>
    LongDouble = 12,

    /// <summary>numpy <c>complex64</c>: <see cref="SharedObjects.Complex64"/>.</summary>
    Complex64 = 13,

    /// <summary>numpy <c>complex128</c>: <see cref="System.Numerics.Complex"/>.</summary>
    Complex128 = 14,

    /// <summary>numpy <c>clongdouble</c> (<c>complex256</c>), 32 bytes: <see cref="SharedObjects.LongDoubleComplex"/>.</summary>
    LongDoubleComplex = 15,
}
