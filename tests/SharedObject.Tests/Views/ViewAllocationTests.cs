using System;
using System.Diagnostics;
using System.Linq;
using System.Numerics;
using System.Reflection;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Views;

/// <summary>In the steady state nothing is allocated: views, pooled texts, writers, groups.</summary>
public sealed class ViewAllocationTests : SegmentTest
{
    private const int Iterations = 1000;
    private const int Rounds = 300;
    private const int ConstantSpan = 72;

    private static readonly bool s_isOptimised =
        typeof(ViewAllocationTests).Assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true };

    [Fact]
    public void Looking_at_members_allocates_nothing()
    {
        using SharedObject<Arm> arm = Arm.Create(Name(), Samples.MakeArm());
        AssertNothing(() => arm.Fetch(static view => view.Timestamp + view.Count + (long)view.Total));
        AssertNothing(() => arm.Fetch(static view => view.Qpos[3] + view.Wrench[2] + view.Part.Force[1] + view.Temperature.Celsius));
        AssertNothing(() => arm.Fetch(static view => view.Tcp.Position + view.Position));
        AssertNothing(() => arm.Fetch(static view => view.Rotation));
        AssertNothing(() => arm.Fetch(static view => view.Blob.Length));
    }

    [Fact]
    public void The_same_text_over_and_over_allocates_nothing()
    {
        using SharedObject<Arm> arm = Arm.Create(Name(), Samples.MakeArm());
        AssertNothing(() => arm.Fetch(static view => view.Text.Length + view.Part.Label.Length));
        Assert.Same(arm.Fetch(static view => view.Text), arm.Fetch(static view => view.Text));
        Frame value = Samples.MakeFrame(1);
        using SharedObject<Frame> frame = Frame.Create(Name("frame"), value);
        AssertNothing(() => frame.Fetch(static view => view.Text.Length));
        AssertNothing(() => frame.FetchInto(ref value), shapes: 3);
        Assert.Equal("frame 1", value.Text);
    }

    [Fact]
    public void Fetching_into_a_value_with_texts_allocates_nothing_but_its_classes()
    {
        using SharedObject<Arm> arm = Arm.Create(Name(), Samples.MakeArm(2));
        Arm value = Samples.MakeArm();
        arm.FetchInto(ref value);
        Assert.Equal(Samples.MakeArm(2), value);
        string text = value.Text;
        arm.FetchInto(ref value);
        Assert.Same(text, value.Text);

        // Part is a record class with init-only members: a new one each time.
        using SharedObject<Part> part = Part.Create(Name("part"), value.Part);
        Part nested = value.Part;
        float[] force = nested.Force;
        part.FetchInto(ref nested);
        Assert.Same(force, nested.Force);
    }

    [Fact]
    public void A_large_view_allocates_nothing()
    {
        using SharedObject<Frame> frame = Frame.Create(Name(), Samples.MakeFrame(1));
        AssertNothing(() => frame.Fetch(static view => view.Pixels[1, 2, 0] + view.Depth[3, 4]));
        AssertNothing(() => frame.Fetch(static view => view.PixelsRows[5, 6] + view.DepthRows.GetRowSpan(7)[8]));
        AssertNothing(() => frame.Fetch(static view => view.Volume[1, 1, 1] + view.Camera[0, 1]));
        AssertNothing(() => frame.Fetch(static view => view.Number, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Changing_members_allocates_nothing()
    {
        using SharedObject<Arm> arm = Arm.Create(Name(), Samples.MakeArm());
        using SharedObject<Frame> frame = Frame.Create(Name("frame"), new Frame());
        AssertNothing(() => arm.Update(static w => w.Qpos[3] = 0.1));
        AssertNothing(() => arm.Update(static w => w.Timestamp++));
        AssertNothing(() => arm.Update(static w => w.Text = "some text"));
        AssertNothing(() => arm.Update(static w => w.Flags[1] = true));
        AssertNothing(() => arm.Update(static w => w.Part.Id = 3));
        AssertNothing(() => frame.Update(static w => w.PixelsRows[3, 4] = 5));
    }

    [Fact]
    public void Vectors_and_inline_arrays_need_no_memory()
    {
        using SharedObject<Wrench> handle = Wrench.Create(
            Name(), new Wrench(1, Samples.MakeSix(2), Vector3.One, Quaternion.Identity, Matrix4x4.Identity));
        Wrench value = handle.Fetch();
        AssertNothing(() => value = handle.Fetch());
        AssertNothing(() => handle.FetchInto(ref value));
        AssertNothing(() => handle.Assign(value));
        AssertNothing(() => handle.Fetch(static view => view.Forces[3]));
        AssertNothing(() => handle.Update(static w => w.Forces[3] = 1));
    }

    [Fact]
    public void A_group_allocates_no_more_than_its_value()
    {
        using Robot.Group robot = Robot.Create(Name(), new Robot(
            new double[7], Pose.Identity, "state", default, new bool[2, 2], [], ArmMode.Idle, new Part(1, "", new float[2]), default));
        bool modified = false;
        AssertNothing(() => modified |= robot.Modified);
        Robot value = robot.Fetch();
        AssertNothing(() => robot.Assign(value), shapes: 2);
        long[] sizes = [.. Enumerable.Range(0, 100).Select(_ => Allocated(() => robot.FetchInto(ref value)))];
        Assert.InRange(sizes.Min(), 0, 400); // the record, and the one in it
    }

    private static long Allocated(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <param name="action">What is not to allocate.</param>
    /// <param name="shapes">
    /// How many shapes of arrays the generated code passes on. In an assembly that was compiled without optimisation the JIT
    /// makes each such span of constants through the runtime, which allocates <see cref="ConstantSpan"/> bytes.
    /// </param>
    private static void AssertNothing(Action action, int shapes = 0)
    {
        long allowed = s_isOptimised ? 0 : (long)shapes * ConstantSpan * Iterations;
        long allocated = 0;
        // Until the code has been compiled for good, which happens in the background.
        for (int round = 0; round < Rounds; round++)
        {
            allocated = Allocated(() =>
            {
                for (int i = 0; i < Iterations; i++)
                {
                    action();
                }
            });
            if (allocated <= allowed)
            {
                return;
            }
        }

        Assert.Fail($"{Iterations} calls allocated {allocated} bytes");
    }
}
