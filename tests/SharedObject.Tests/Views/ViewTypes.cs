using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

#pragma warning disable CA1051, CA1819, CA2227 // schemas may have fields and arrays
#pragma warning disable SHOB023, SHOB024 // the Python peer of these tests is the project's own

namespace SharedObjects.Tests.Views;

public enum ArmMode : byte
{
    Idle,
    Moving,
}

[SharedObject("so-test-part")]
public sealed partial record Part(int Id, string Label, [Shape(2)] float[] Force);

[SharedObject("so-test-temperature", Kind = SharedKind.Value)]
public readonly partial record struct Temperature(float Celsius);

[InlineArray(6)]
public struct Six
{
    private double _first;
}

/// <summary>Small: looked at and changed on a copy.</summary>
[SharedObject("so-test-arm")]
public readonly partial record struct Arm(
    long Timestamp,
    int Count,
    ulong Total,
    float Load,
    ArmMode Mode,
    Complex Phase,
    Pose Tcp,
    string Text,
    byte[] Blob,
    [Shape(7)] double[] Qpos,
    [Shape(2, 3)] bool[,] Mask,
    [Shape(4)] bool[] Flags,
    Vector3 Position,
    [Float64] Quaternion Rotation,
    Six Wrench,
    Part Part,
    Temperature Temperature);

/// <summary>Large: looked at and changed in place.</summary>
[SharedObject("so-test-frame")]
public sealed partial class Frame
{
    public long Number { get; set; }

    [Shape(60, 80, 3)]
    public byte[] Pixels { get; set; } = new byte[60 * 80 * 3];

    [Shape(60, 80)]
    public ushort[,] Depth { get; set; } = new ushort[60, 80];

    [Shape(2, 3, 4)]
    public float[,,] Volume { get; set; } = new float[2, 3, 4];

    [Shape(2, 2)]
    public Tensor<double> Camera { get; set; } = Tensor.Create(new double[4], [2, 2]);

    public string Text { get; set; } = "";
}

/// <summary>The object is the image.</summary>
[SharedObject("so-test-image", Kind = SharedKind.Value)]
public sealed partial record Image([Shape(48, 64, 3)] byte[] Pixels);

/// <summary>Neither arrays nor texts.</summary>
[SharedObject("so-test-pair")]
public readonly partial record struct Wrench(long Time, Six Forces, Vector3 Position, Quaternion Rotation, Matrix4x4 Camera);

/// <summary>A class of which parts may be refused when it is read.</summary>
[SharedObject("so-test-late")]
public sealed partial class Late
{
    public long First { get; set; }

    [Shape(2)]
    public double[] Values { get; set; } = new double[2];

    public Part Part { get; set; } = new(0, "", new float[2]);

    public byte Last { get; set; }
}

/// <summary>A robot whose parts are an object each.</summary>
[SharedObjectGroup("so-test-robot")]
public sealed partial record Robot(
    [Shape(7)] double[] Qpos,
    Pose TcpPose,
    string State,
    Six Wrench,
    [Shape(2, 2)] bool[,] Mask,
    [Capacity(8)] byte[] Blob,
    ArmMode Mode,
    Part Part,
    Temperature Temperature);
