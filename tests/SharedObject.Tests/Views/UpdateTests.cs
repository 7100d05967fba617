using System;
using System.Numerics;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Views;

/// <summary>Generated writers on real segments: what they change, and what a Python process then sees.</summary>
public sealed class UpdateTests(PeerFixture fixture) : PeerTest(fixture)
{
    [Fact]
    public void Python_sees_what_was_changed_and_nothing_else()
    {
        using SharedObject<Arm> arm = Arm.Create(Name(), Samples.MakeArm());
        Peer.Open("there", Name());
        SharedDict expected = Samples.PythonArm();
        arm.Update(static w => w.Qpos[3] = 0.1);
        arm.Update(w => w.Timestamp = 5);
        expected["timestamp"] = 5L;
        expected["qpos"] = NDArray.Create<double>([1, 2, 3, 0.1, 5, 6, 7], 7);
        AssertSame(expected, Peer.Fetch("there"));

        arm.Update(static w =>
        {
            w.Count--;
            w.Total += 1;
            w.Load = 2.5f;
            w.Mode = ArmMode.Idle;
            w.Phase *= 2;
            w.Tcp = Pose.Identity;
            w.Text = "";
            w.Blob = [1, 2];
            w.Mask[0, 1] = true;
            w.MaskRows[1, 0] = true;
            w.Flags.Clear();
            w.Position = Vector3.UnitX;
            w.Rotation = new Quaternion(4, 3, 2, 1);
            w.Wrench[5] = -1;
            w.Part.Id = 77;
            w.Part.Label = "a longer label than before";
            w.Part.Force[1] = 8;
            w.Temperature.Celsius = 36.5f;
        });
        expected["count"] = -2L;
        expected["total"] = 2L;
        expected["load"] = 2.5;
        expected["mode"] = 0L;
        expected["phase"] = new Complex(2, -2);
        expected["tcp"] = Pose.Identity;
        expected["text"] = "";
        expected["blob"] = new byte[] { 1, 2 };
        expected["mask"] = NDArray.Create<bool>([true, true, true, true, false, true], 2, 3);
        expected["flags"] = NDArray.Create<bool>([false, false, false, false], 4);
        expected["position"] = NDArray.Create<float>([1, 0, 0], 3);
        expected["rotation"] = NDArray.Create<double>([4, 3, 2, 1], 4);
        expected["wrench"] = NDArray.Create<double>([0, 1, 2, 3, 4, -1], 6);
        expected["part"] = new SharedDict
        {
            { "id", 77L }, { "label", "a longer label than before" }, { "force", NDArray.Create<float>([1, 8], 2) },
        };
        expected["temperature"] = 36.5;
        AssertSame(expected, Peer.Fetch("there"));
        Arm read = arm.Fetch();
        Assert.Equal((77, "a longer label than before", "", 36.5f), (read.Part.Id, read.Part.Label, read.Text, read.Temperature.Celsius));
        Close("there");
    }

    [Fact]
    public void A_writer_reads_too()
    {
        using SharedObject<Arm> arm = Arm.Create(Name(), Samples.MakeArm(2));
        string? text = null;
        arm.Update(w =>
        {
            text = $"{w.Timestamp} {w.Count} {w.Text} {w.Part.Label} {w.Blob.Length} {w.Mode} {w.Load}";
            w.Text = w.Part.Label + w.Text;
        });
        Assert.Equal("2 -2 text 2 äöü part 2 4 Moving 2.5", text);
        Assert.Equal("part 2text 2 äöü", arm.Fetch().Text);
    }

    [Fact]
    public void An_update_is_an_assignment_for_everybody()
    {
        using SharedObject<Arm> arm = Arm.Create(Name(), Samples.MakeArm()), other = Arm.Open(Name());
        Peer.Open("there", Name());
        Assert.False(other.Modified);
        arm.Update(static w => w.Count = 1);
        Assert.True(other.Modified);
        Assert.True(Peer.Modified("there"));
        Assert.False(arm.Modified);
        Assert.Same(arm, arm.Update(static w => w.Count = 2).Trigger());
        Close("there");
    }

    [Fact]
    public void An_action_that_throws_on_a_small_object_has_changed_nothing()
    {
        using SharedObject<Arm> arm = Arm.Create(Name(), Samples.MakeArm()), other = Arm.Open(Name());
        byte[] before = Segments.Read(Name());
        Assert.Throws<InvalidTimeZoneException>(() => arm.Update(static w =>
        {
            w.Timestamp = 99;
            w.Qpos.Fill(1);
            w.Part.Label = "changed";
            throw new InvalidTimeZoneException();
        }));
        Assert.Equal(before, Segments.Read(Name()));
        Assert.False(other.Modified);
        Assert.True(Peer.CanLock(Name()));
        Assert.Equal(Samples.MakeArm(), arm.Fetch());
    }

    [Fact]
    public void An_action_that_throws_on_a_large_object_leaves_it_torn()
    {
        using SharedObject<Frame> frame = Frame.Create(Name(), new Frame()), other = Frame.Open(Name());
        Assert.Throws<InvalidTimeZoneException>(() => frame.Update(static w =>
        {
            w.Number = 99;
            throw new InvalidTimeZoneException();
        }));
        Assert.True(Peer.CanLock(Name()));
        Assert.Throws<SharedTornException>(() => other.Fetch());
        Assert.Throws<SharedTornException>(() => other.Fetch(static view => view.Number));
        Assert.Throws<SharedTornException>(() => other.Update(static w => w.Number = 1));
        other.Assign(new Frame { Number = 5 });
        Assert.Equal(5, frame.Fetch(static view => view.Number));
    }

    [Fact]
    public void What_does_not_fit_is_refused_before_it_is_written()
    {
        using SharedObject<Arm> arm = Arm.Create(Name(), Samples.MakeArm());
        byte[] before = Segments.Read(Name());
        AssertRefused(static w => w.Text = new string('ä', 51), "Text", "102");
        AssertRefused(static w => w.Text = null!, "Text", "null");
        AssertRefused(static w => w.Text = "\ud800", "Text", "surrogate");
        AssertRefused(static w => w.Blob = new byte[101], "Blob", "101");
        AssertRefused(static w => w.Total = ulong.MaxValue, "Total", "18446744073709551615");
        AssertRefused(static w => w.Part.Label = new string('x', 101), "Part.Label", "101");
        Assert.Equal(before, Segments.Read(Name()));

        using SharedObject<Frame> frame = Frame.Create(Name("frame"), Samples.MakeFrame(1));
        frame.Update(static w => Assert.NotNull(TrySet(w)));
        Assert.Equal("frame 1", frame.Fetch().Text);

        static Exception? TrySet(Frame.Writer w)
        {
            try
            {
                w.Text = new string('x', 101);
                return null;
            }
            catch (SharedValueException e)
            {
                return e;
            }
        }

        void AssertRefused(Action<Arm.Writer> action, string member, string found)
        {
            SharedValueException e = Assert.Throws<SharedValueException>(() => arm.Update(action));
            Assert.Contains($" {member} ", e.Message, StringComparison.Ordinal);
            Assert.Contains(found, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_large_object_is_changed_in_place()
    {
        using SharedObject<Frame> frame = Frame.Create(Name(), Samples.MakeFrame(3));
        Peer.Open("there", Name());
        frame.Update(static w =>
        {
            w.Number++;
            w.Pixels[0, 0, 0] = 200;
            w.PixelsRows.GetRowSpan(59).Fill(7);
            w.DepthRows[1, 2] = 4321;
            w.Depth[2, 1] = 1234;
            w.Volume[0, 0, 1] = 0.5f;
            w.Camera[1, 1] = -1;
            w.Text = "changed";
        });
        var there = (SharedDict)Peer.Fetch("there")!;
        Frame expected = Samples.MakeFrame(3);
        expected.Pixels[0] = 200;
        expected.Pixels.AsSpan(59 * 240).Fill(7);
        Assert.Equal(4L, there["number"]);
        Assert.Equal("changed", there["text"]);
        Assert.Equal(expected.Pixels, ((NDArray)there["pixels"]!).Bytes);
        ushort[] depth = ((NDArray)there["depth"]!).AsSpan<ushort>().ToArray();
        Assert.Equal((4321, 1234, 3000, 7), (depth[82], depth[161], depth[^1], depth[1]));
        Assert.Equal(0.5f, ((NDArray)there["volume"]!).AsSpan<float>().ToArray()[1]);
        Assert.Equal([0, 3, 0, -1], ((NDArray)there["camera"]!).AsSpan<double>().ToArray());
        Close("there");
    }

    [Fact]
    public void Inside_an_update_the_handle_is_busy()
    {
        using SharedObject<Frame> frame = Frame.Create(Name("frame"), new Frame());
        using SharedObject<Arm> arm = Arm.Create(Name("arm"), Samples.MakeArm());
        Assert.Throws<SharedReentrancyException>(() => frame.Update(_ => frame.Fetch()));
        frame.Assign(new Frame()); // an update that threw has left it torn
        Assert.Throws<SharedReentrancyException>(() => frame.Update(_ => frame.Update(static w => w.Number = 1)));
        Assert.Throws<SharedReentrancyException>(() => arm.Update(_ => arm.Fetch(static view => view.Count)));
        Assert.Throws<SharedReentrancyException>(() => arm.Update(_ => arm.Assign(Samples.MakeArm(5))));
        Assert.Equal(Samples.MakeArm(), arm.Fetch());
    }

    [Fact]
    public void Values_with_inline_arrays_cross()
    {
        using SharedObject<Wrench> handle = Wrench.Create(Name(), new Wrench(1, Samples.MakeSix(2), Vector3.One, Quaternion.Identity, Matrix4x4.Identity));
        Peer.Open("there", Name());
        var there = (SharedDict)Peer.Fetch("there")!;
        Assert.Equal([0.0, 2, 4, 6, 8, 10], ((NDArray)there["forces"]!).AsSpan<double>().ToArray());
        Assert.Equal([6], [.. ((NDArray)there["forces"]!).Shape]);
        there["forces"] = NDArray.Create<double>([6, 5, 4, 3, 2, 1], 6);
        Peer.Assign("there", there);
        Assert.Equal(4, handle.Fetch().Forces[2]);
        Assert.Equal(handle.Fetch(), handle.Fetch()); // .NET itself can't compare inline arrays
        Assert.Equal(handle.Fetch().GetHashCode(), handle.Fetch().GetHashCode());
        Assert.NotEqual(handle.Fetch(), handle.Fetch() with { Forces = Samples.MakeSix(1) });
        Close("there");
    }

    [Fact]
    public void A_class_stays_as_it_was_when_a_number_does_not_fit()
    {
        using SharedObject<Late> handle = Late.Create(Name(), new Late { First = 1, Part = new Part(1, "one", [1, 1]), Last = 1 });
        Late value = handle.Fetch();
        Peer.Open("there", Name());
        var there = (SharedDict)Peer.Fetch("there")!;
        there["first"] = 2L;
        there["part"] = new SharedDict { { "id", 2L }, { "label", "two" }, { "force", NDArray.Create<float>([2, 2], 2) } };
        there["last"] = 256L;
        Peer.Assign("there", there);
        Assert.Throws<SharedRangeException>(() => handle.FetchInto(ref value));
        Assert.Equal((1L, "one", (byte)1), (value.First, value.Part.Label, value.Last));
        Assert.Equal([1, 1], value.Part.Force);
        ((SharedDict)there["part"]!)["id"] = 1L << 40;
        there["last"] = 3L;
        Peer.Assign("there", there);
        Assert.Throws<SharedRangeException>(() => handle.FetchInto(ref value));
        Assert.Equal((1L, "one", (byte)1), (value.First, value.Part.Label, value.Last));
        Close("there");
    }
}
