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

    // The tags of our own types are letters. real_robot counts its types up from 0 and has kept the next numbers free for these
    // three: whatever it gives them one day must not be read as ours.

    /// <summary>
    /// No value, but a whole object whose value is elsewhere and may be of another type after each assign (<see cref="DynamicArea"/>).
    /// <c>real_robot</c> does not know it. The letter d.
    /// </summary>
    Dynamic = 100,

    /// <summary><c>list</c>, of elements of any types, in a sequence area. <c>real_robot</c> does not know it. The letter l.</summary>
    List = 108,

    /// <summary><c>set</c>, of elements that could be keys, in a sequence area. <c>real_robot</c> does not know it. The letter s.</summary>
    Set = 115,

    /// <summary><c>tuple</c>, of elements of any types, in a sequence area. <c>real_robot</c> does not know it. The letter t.</summary>
    Tuple = 116,
}
