using System;
using System.Numerics;
using System.Numerics.Tensors;

#pragma warning disable CA1051, CA1822, CA1819 // schemas may have fields; what members return does not matter here

namespace SharedObjects.Generators.Tests.Schemas;

[SharedObject("arm_state")]
public readonly partial record struct ArmState(
    long Timestamp,
    Pose Tcp,
    [Shape(7)] double[] Qpos,
    [Capacity(100)] string Mode,
    [Key("ok")] bool IsHealthy);

[SharedObject("rs_cam0_color", Kind = SharedKind.Value)]
public partial record ColorImage([Shape(480, 848, 3)] byte[] Pixels);

public enum GripperMode : byte
{
    Idle,
    Closing,
}

public enum Flags : ulong
{
    None,
    All = ulong.MaxValue,
}

[SharedObject("everything", InitSize = 40)]
public sealed partial class Everything
{
    public bool Bool { get; set; }
    public long Long { get; set; }
    public int Int { get; set; }
    public short Short { get; set; }
    public sbyte SByte { get; set; }
    public byte Byte { get; set; }
    public ulong ULong { get; set; }
    public uint UInt { get; set; }
    public ushort UShort { get; set; }
    public GripperMode Mode { get; set; }
    public Flags Flags { get; set; }
    public double Double { get; set; }
    public float Float;
    public Complex Complex { get; set; }
    public Pose Pose { get; set; }
    public string Text { get; set; } = "";
    public byte[] Blob { get; set; } = [];
    [ByteArray, Capacity(7)]
    public byte[] Buffer { get; set; } = [];
    [field: Shape(2, 3)]
    public float[] Flat { get; set; } = new float[6];
    [Shape(2, 3)]
    public ushort[,] Depth { get; set; } = new ushort[2, 3];
    [Shape(2, 3, 4)]
    public bool[,,] Mask { get; set; } = new bool[2, 3, 4];
    [Shape(3, 2)]
    public Tensor<double> Grid { get; set; } = Tensor.Create(new double[6], [3, 2]);
    public Vector3 Position { get; set; }
    [Float64]
    public Vector3 PreciseVector3 { get; set; }
    public Quaternion Rotation { get; set; }
    [QuaternionOrder(QuaternionOrder.Wxyz), Float64]
    public Quaternion RotationWxyz { get; set; }
    public Matrix4x4 Transform { get; set; }
    [Float64]
    public Matrix4x4 Transform64 { get; set; }
    public Inner Inner { get; set; } = new(0, []);
    public InnerValue Bare { get; set; }

    public double Computed => Double * 2;
    public static int Count { get; set; }
}

[SharedObject("inner")]
public partial record Inner(int Id, [Shape(2)] LongDouble[] Wide);

[SharedObject("inner_value", Kind = SharedKind.Value)]
public partial struct InnerValue
{
    public Half NotShared() => default;

    [Shape(3)]
    public Half[] Halves;
}

public partial class Outer
{
    internal partial interface IMiddle
    {
        [SharedObject("gripper")]
        internal partial record struct Gripper(double Width)
        {
            public required string? Name { get; init; }

            public readonly void Open()
            {
            }
        }
    }

    internal static string GripperName => IMiddle.Gripper.DefaultName;

    [SharedObject("secret")]
    private sealed partial class Secret
    {
        private Secret(long value, int[] @class)
        {
            Value = value;
            Class = @class;
        }

        public long Value { get; }

        [Shape(4)]
        public int[] Class { get; }

        [Key("event \"x\" <&>")]
        public uint @event { get; private set; }
    }
}

[SharedObject("many_forms")]
public sealed partial record ManyForms(
    [Shape(2, 2)] int[,] Flat2,
    [Shape(1, 1, 2)] bool[,,] Flat3,
    [Shape(2, 2)] Tensor<float> Tensor);
