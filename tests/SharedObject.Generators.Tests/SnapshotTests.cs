using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace SharedObjects.Generators.Tests;

/// <summary>What is generated for a few canonical schemas, to be read as a whole; each also compiles under strict settings.</summary>
public partial class SnapshotTests
{
    [Fact]
    public void Record_struct() => Match(
        """
        namespace Robots;

        [SharedObject("arm_state")]
        public readonly partial record struct ArmState(
            long Timestamp,
            Pose Tcp,
            [Shape(7)] double[] Qpos,
            string Mode,
            [Key("ok")] bool IsHealthy);
        """);

    [Fact]
    public void Bare_value() => Match(
        """
        namespace Robots;

        [SharedObject("rs_cam0_color", Kind = SharedKind.Value)]
        public partial record ColorImage([Shape(480, 848, 3)] byte[] Pixels);
        """);

    [Fact]
    public void Class_in_the_global_namespace() => Match(
        """
        public enum Stage : byte { Idle, Busy }

        [SharedObject("job", InitSize = 64)]
        public sealed partial class Job
        {
            public required Stage Stage { get; set; }
            public uint Count { get; set; }
            public ulong Total { get; set; }
            public float Progress;
            public Complex Phase { get; set; }
            [Capacity(16)] public byte[] Key { get; set; } = [];
            [ByteArray] public byte[] Buffer { get; set; } = [];
            public string? Note { get; set; }
        }
        """);

    [Fact]
    public void Lists_sets_tuples_and_arrays_of_varying_length() => Match(
        """
        namespace Robots;

        [SharedObject("scene")]
        public sealed partial record Scene(
            [MaxShape(100, 3)] float[,] Points,
            [MaxShape(20)] bool[] Flags,
            [MaxShape(10), Capacity(30)] List<(string Label, double Score)> Found,
            [MaxShape(8)] HashSet<long> Ids,
            [MaxShape(4)] List<Box> Boxes,
            (long Row, Vector3 At, string? Note) Last);

        [SharedObject("box")]
        public readonly partial record struct Box(uint X, uint Y);
        """);

    [Fact]
    public void Every_form_of_array() => Match(
        """
        namespace Robots;

        [SharedObject("arrays")]
        public sealed partial record Arrays(
            [Shape(2, 3)] bool[] Flat,
            [Shape(2, 3)] ushort[,] Depth,
            [Shape(2, 3, 4)] Half[,,] Volume,
            [Shape(4, 4)] Tensor<LongDouble> Wide,
            Vector3 Position,
            [QuaternionOrder(QuaternionOrder.Wxyz)] Quaternion Rotation,
            [Float64] Matrix4x4 Camera);
        """);

    [Fact]
    public void Nested_schemas_and_types() => Match(
        """
        namespace Robots.Cell;

        [SharedObject("joint")]
        public partial record Joint(double Position, int Id);

        [SharedObject("temperature", Kind = SharedKind.Value)]
        public partial struct Temperature
        {
            public double Celsius { get; init; }
        }

        public partial class Station
        {
            private partial record struct Inner
            {
                [SharedObject("cell")]
                private partial class Cell
                {
                    private Cell(Joint first, long @event) => (First, Event) = (first, @event);

                    public Joint First { get; }

                    public long Event { get; }

                    public Temperature Temperature { get; private set; }

                    public double Twice => First.Position * 2;
                }
            }
        }
        """);

    [Fact]
    public void Names_that_are_taken() => Match(
        """
        namespace Robots;

        [SharedObject("gripper")]
        public partial record struct Gripper(double Width)
        {
            public readonly bool Open() => Width > 0;
            private static int Codec => 0;
        }
        """);

    [Fact]
    public void Group() => Match(
        """
        namespace Robots;

        [System.Runtime.CompilerServices.InlineArray(6)]
        public struct Six
        {
            private double _first;
        }

        [SharedObject("gripper", Kind = SharedKind.Dict)]
        public partial record struct Gripper(double Width, bool IsClosed);

        [SharedObjectGroup("xarm7_real")]
        public sealed partial record XArm7(
            [Shape(7)] double[] Qpos,
            Pose TcpPose,
            [Key("text")] string? Mode,
            Six Wrench,
            Gripper Gripper);
        """);

    private static void Match(string source, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        Dictionary<string, string> files = Compile.Generate(source);
        IEnumerable<string> texts = files.OrderBy(file => file.Key, System.StringComparer.Ordinal).Select(file => $"// ==== {file.Key}\n{file.Value}");
        Snapshots.Match(Version().Replace(string.Join("\n", texts), "\"(version)"), name);
    }

    // The version is the package's and changes with every release.
    [GeneratedRegex("""(?<=GeneratedCode\("SharedObject\.Generators", )"[^"]*(?=")""")]
    private static partial Regex Version();
}
