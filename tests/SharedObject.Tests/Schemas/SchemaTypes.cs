using System;
using System.Collections.Generic;
using System.Numerics;
using System.Numerics.Tensors;

namespace SharedObjects.Tests.Schemas;

/// <summary>The first example of the documentation.</summary>
[SharedObject("arm_state")]
public readonly partial record struct ArmState(
    long Timestamp,
    Pose Tcp,
    [Shape(7)] double[] Qpos,
    [Capacity(100)] string Mode,
    [Key("ok")] bool IsHealthy);

/// <summary>The second one: the object is the array.</summary>
[SharedObject("rs_cam0_color", Kind = SharedKind.Value)]
public partial record ColorImage([Shape(480, 848, 3)] byte[] Pixels);

/// <summary>An enum of one byte.</summary>
public enum SmallMode : byte
{
    Idle,
    Moving,
    Last = 255,
}

/// <summary>An enum with negative members.</summary>
public enum SignedMode
{
    Lost = int.MinValue,
    Found = int.MaxValue,
}

/// <summary>An enum that may not fit a Python <c>int</c> of 64 bits.</summary>
[Flags]
public enum WideMode : ulong
{
    None,
    HighestThatFits = 1UL << 62,
    TooHigh = 1UL << 63,
}

/// <summary>Every scalar.</summary>
[SharedObject("so-test-scalars")]
public readonly partial record struct Scalars(
    bool Flag,
    long Long,
    int Int,
    short Short,
    sbyte SByte,
    byte Byte,
    ulong ULong,
    uint UInt,
    ushort UShort,
    double Double,
    float Single,
    Complex Complex,
    Pose Pose,
    SmallMode Small,
    SignedMode Signed,
    WideMode Wide);

/// <summary>Every kind of text and bytes.</summary>
[SharedObject("so-test-texts")]
public partial record Texts(
    string Plain,
    [Capacity(10)] string Short,
    byte[] Bytes,
    [ByteArray] byte[] Array,
    [Capacity(3)] byte[] ShortBytes,
    [ByteArray, Capacity(4)] byte[] ShortArray);

/// <summary>Every element type, as a class with setters.</summary>
[SharedObject("so-test-elements")]
public sealed partial class Elements
{
    [Shape(2)] public bool[] Bools { get; set; } = new bool[2];

    [Shape(2)] public sbyte[] SBytes { get; set; } = new sbyte[2];

    [Shape(2)] public byte[] Bytes { get; set; } = new byte[2];

    [Shape(2)] public short[] Shorts { get; set; } = new short[2];

    [Shape(2)] public ushort[] UShorts { get; set; } = new ushort[2];

    [Shape(2)] public int[] Ints { get; set; } = new int[2];

    [Shape(2)] public uint[] UInts { get; set; } = new uint[2];

    [Shape(2)] public long[] Longs { get; set; } = new long[2];

    [Shape(2)] public ulong[] ULongs { get; set; } = new ulong[2];

    [Shape(2)] public Half[] Halves { get; set; } = new Half[2];

    [Shape(2)] public float[] Singles { get; set; } = new float[2];

    [Shape(2)] public double[] Doubles { get; set; } = new double[2];

    [Shape(2)] public LongDouble[] LongDoubles { get; set; } = new LongDouble[2];

    [Shape(2)] public Complex64[] SmallComplexes { get; set; } = new Complex64[2];

    [Shape(2)] public Complex[] Complexes { get; set; } = new Complex[2];

    [Shape(2)] public LongDoubleComplex[] LongComplexes { get; set; } = new LongDoubleComplex[2];
}

/// <summary>Every form of array.</summary>
[SharedObject("so-test-shapes")]
public sealed partial class Shapes
{
    [Shape(2, 3)] public float[] Flat { get; set; } = new float[6];

    [Shape(2, 1, 1, 3)] public int[] FlatOfRank4 { get; set; } = new int[6];

    [Shape(2, 3)] public ushort[,] Rank2 { get; set; } = new ushort[2, 3];

    [Shape(1, 2, 3)] public byte[,,] Rank3 { get; set; } = new byte[1, 2, 3];

    [Shape(2, 2)] public Tensor<double> Tensor { get; set; } = System.Numerics.Tensors.Tensor.Create(new double[4], [2, 2]);

    [Shape(2, 2)] public bool[,] Mask { get; set; } = new bool[2, 2];
}

/// <summary>The spatial types of System.Numerics, in both widths and orders.</summary>
[SharedObject("so-test-spatial")]
public readonly partial record struct Spatial(
    Vector3 Vector,
    [Float64] Vector3 Vector64,
    Quaternion Xyzw,
    [QuaternionOrder(QuaternionOrder.Wxyz)] Quaternion Wxyz,
    [Float64] Quaternion Xyzw64,
    [Float64, QuaternionOrder(QuaternionOrder.Wxyz)] Quaternion Wxyz64,
    Matrix4x4 Matrix,
    [Float64] Matrix4x4 Matrix64);

/// <summary>A schema with others in it.</summary>
[SharedObject("so-test-outer")]
public partial record Outer(long Id, Inner Inner, Point Point, Celsius Temperature, [Shape(2)] double[] Last);

/// <summary>A nested dict with one more in it.</summary>
[SharedObject("so-test-inner")]
public partial record Inner(string Name, Point Where, [Shape(3)] int[] Counts);

/// <summary>The innermost.</summary>
[SharedObject("so-test-point")]
public readonly partial record struct Point(double X, double Y);

/// <summary>A bare value, also as a member.</summary>
[SharedObject("so-test-celsius", Kind = SharedKind.Value)]
public readonly partial record struct Celsius(double Degrees);

/// <summary>A bare text.</summary>
[SharedObject("so-test-caption", Kind = SharedKind.Value)]
public partial record Caption([Capacity(60)] string Text);

/// <summary>A bare image with rows and columns.</summary>
[SharedObject("so-test-depth", Kind = SharedKind.Value)]
public sealed partial class Depth
{
    [Shape(48, 64)] public ushort[,] Millimetres { get; set; } = new ushort[48, 64];
}

/// <summary>A bare transform.</summary>
[SharedObject("so-test-base", Kind = SharedKind.Value)]
public readonly partial record struct BaseTransform([Float64] Matrix4x4 Matrix);

/// <summary>Its members have the names of what is generated.</summary>
[SharedObject("so-test-gripper")]
public readonly partial record struct Gripper(bool Open, double Create, long Codec);

/// <summary>Positional and ordinary members, required and init.</summary>
[SharedObject("so-test-mixed")]
public sealed partial record Mixed(long Id)
{
    public required double Load { get; init; }

    public string Note { get; set; } = "";

    [Key("SERIAL")] public int SerialNumber { get; init; }

    public bool IsLoaded => Load > 0; // computed: not shared

    internal int Uses { get; set; } // not public: not shared
}

/// <summary>A struct with fields.</summary>
[SharedObject("so-test-fields")]
internal partial struct Fields
{
    public long Count;

    [Shape(2)] public float[] Values;
}

/// <summary>A class whose only constructor takes its members.</summary>
[SharedObject("so-test-constructed")]
public sealed partial class Constructed
{
    public Constructed(double load, long id)
    {
        Load = load;
        Id = id;
    }

    public long Id { get; }

    public double Load { get; }
}

/// <summary>Texts and keys of another init_size.</summary>
[SharedObject("so-test-small", InitSize = 12)]
public partial record SmallTexts(string Name, [Key("a rather long key")] long Number);

/// <summary>Larger than what is copied to the stack.</summary>
[SharedObject("so-test-large")]
public sealed partial class Large
{
    public long Id { get; set; }

    [Shape(1000)] public double[] Values { get; set; } = new double[1000];

    [Shape(20, 30)] public int[,] Grid { get; set; } = new int[20, 30];

    public Pose Pose { get; set; }
}

/// <summary>A struct of arrays and of what needs no memory, to fetch into.</summary>
[SharedObject("so-test-steady")]
public partial record struct Steady(long Id, [Shape(7)] double[] Qpos, Point Point, byte[] Blob, [Shape(2, 2)] float[,] Grid, Vector3 Vector);

/// <summary>Small, for everything about keys and layouts.</summary>
[SharedObject("so-test-strict")]
public partial record struct Strict(long Count, [Shape(2)] double[] Values, string Text);

/// <summary>Every form of array whose length varies.</summary>
[SharedObject("so-test-varying")]
public sealed partial record Varying(
    long Stamp,
    [MaxShape(4, 3)] float[,] Points,
    [MaxShape(5)] double[] Weights,
    [MaxShape(4, 2)] ushort[] Pairs,
    [MaxShape(2, 2, 2)] bool[,,] Mask,
    [MaxShape(3, 2)] Tensor<int> Grid);

/// <summary>The same object to those who know nothing of lengths that vary.</summary>
[SharedObject("so-test-unvarying")]
public sealed partial record Unvarying(
    long Stamp,
    [Shape(4, 3)] float[,] Points,
    [Key("points_len")] long PointsLength,
    [Shape(5)] double[] Weights,
    [Key("weights_len")] long WeightsLength,
    [Shape(4, 2)] ushort[] Pairs,
    [Key("pairs_len")] long PairsLength,
    [Shape(2, 2, 2)] bool[,,] Mask,
    [Key("mask_len")] long MaskLength,
    [Shape(3, 2)] Tensor<int> Grid,
    [Key("grid_len")] long GridLength);

/// <summary>Lists, sets and tuples of every type that they can have.</summary>
[SharedObject("so-test-sequences")]
public sealed partial record Sequences(
    [MaxShape(3)] List<(string Label, double Score)> Labels,
    [MaxShape(2)] HashSet<long> Ids,
    [MaxShape(2)] HashSet<string> Names,
    [MaxShape(2)] List<Point> Points,
    [MaxShape(2)] List<Inner> Inners,
    [MaxShape(2)] List<byte[]> Blobs,
    [MaxShape(3)] List<uint> Numbers,
    [MaxShape(2), Float64] List<Vector3> Vectors,
    [MaxShape(2)] List<Celsius> Temperatures,
    (long Row, Vector3 At, string Note, (SmallMode Mode, Point Where, byte[] Raw) More) Last,
    bool End);

/// <summary>The object is the list.</summary>
[SharedObject("so-test-list", Kind = SharedKind.Value)]
public sealed partial class BareList
{
    [MaxShape(3)] public List<long> Items { get; set; } = [];
}

/// <summary>The object is the set.</summary>
[SharedObject("so-test-set", Kind = SharedKind.Value)]
public sealed partial record SequenceIds([MaxShape(3)] HashSet<long> Ids);

/// <summary>Objects of a list, a set and a tuple.</summary>
[SharedObjectGroup("so-test-sequence-group")]
public sealed partial record SequenceGroup([MaxShape(3)] List<string> Names, [MaxShape(3)] HashSet<int> Ids, (long X, string Y) Pair);

/// <summary>What Python writes into a dynamic object.</summary>
[SharedObject("so-test-found")]
public sealed partial record Found(
    long Stamp, string Name, [MaxShape(2)] List<Point> Corners, [MaxShape(2)] HashSet<(int Row, string Column)> Cells);

/// <summary>The object is a set of tuples.</summary>
[SharedObject("so-test-cells", Kind = SharedKind.Value)]
public sealed partial record Cells([MaxShape(4)] HashSet<(int Row, (string Name, SmallMode Mode))> Taken);

/// <summary>What is fetched over and over, and of a length that may vary.</summary>
[SharedObject("so-test-steady-varying")]
public partial record struct SteadyVarying(
    [MaxShape(9, 3)] float[,] Points, [MaxShape(9)] byte[] Flat, [MaxShape(4)] List<(string, Point)> Found, [MaxShape(4)] List<Steady> Inner, [MaxShape(4)] HashSet<long> Ids);
