namespace SharedObjects.Wire;

/// <summary>The type tag of a value: the byte at offset 8 of an object, and before each key and value of a dict.</summary>
public enum WireTag : byte
{
    /// <summary>Python's <c>None</c>: no data. An object of this type is a trigger.</summary>
    None = 0,

    /// <summary><c>bool</c>: one byte; any non-zero reads as true.</summary>
    Bool = 1,

    /// <summary><c>int</c>: a signed 64-bit integer.</summary>
    Int = 2,

    /// <summary><c>float</c>: a 64-bit IEEE 754 number.</summary>
    Float = 3,

    /// <summary><c>complex</c>: two 64-bit numbers, real part first.</summary>
    Complex = 4,

    /// <summary><c>sapien.Pose</c>: seven 32-bit numbers, x y z and the quaternion w x y z.</summary>
    Pose = 5,

    /// <summary><c>str</c>: UTF-8 in a bytes area.</summary>
    Str = 6,

    /// <summary><c>bytes</c>, in a bytes area.</summary>
    Bytes = 7,

    /// <summary><c>bytearray</c>, in a bytes area.</summary>
    ByteArray = 8,

    /// <summary><c>numpy.ndarray</c>, in an array area.</summary>
    NDArray = 9,

    /// <summary><c>dict</c>: keys and values in insertion order.</summary>
    Dict = 10,
}
