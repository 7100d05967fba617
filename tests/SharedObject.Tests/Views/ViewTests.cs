using System;
using System.Linq;
using System.Text.Json.Nodes;
using CommunityToolkit.HighPerformance;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Views;

/// <summary>Generated views on real segments: what a Python process assigned, member by member.</summary>
public sealed class ViewTests(PeerFixture fixture) : PeerTest(fixture)
{
    [Fact]
    public void Every_member_is_what_Python_assigned()
    {
        using SharedObject<Arm> arm = Arm.Create(Name(), Samples.MakeArm());
        Assert.True(arm.Layout.BufferSize <= 4096); // looked at on a copy
        Peer.Open("there", Name());
        foreach (int salt in new[] { 3, 9 })
        {
            Peer.Assign("there", Samples.PythonArm(salt));
            Arm expected = Samples.MakeArm(salt);
            Assert.Equal(expected.Timestamp, arm.Fetch(static view => view.Timestamp));
            Assert.Equal(expected.Count, arm.Fetch(static view => view.Count));
            Assert.Equal(expected.Total, arm.Fetch(static view => view.Total));
            Assert.Equal(expected.Load, arm.Fetch(static view => view.Load));
            Assert.Equal(expected.Mode, arm.Fetch(static view => view.Mode));
            Assert.Equal(expected.Phase, arm.Fetch(static view => view.Phase));
            Assert.Equal(expected.Tcp, arm.Fetch(static view => view.Tcp));
            Assert.Equal(expected.Text, arm.Fetch(static view => view.Text));
            Assert.Equal(expected.Blob, arm.Fetch(static view => view.Blob.ToArray()));
            Assert.Equal(expected.Qpos, arm.Fetch(static view => view.Qpos.ToArray()));
            Assert.Equal(expected.Mask, arm.Fetch(static view => view.MaskRows.ToArray()));
            Assert.True(arm.Fetch(static view => view.Mask[1, 2] && !view.Mask[1, 1]));
            Assert.Equal(expected.Flags, arm.Fetch(static view => view.Flags.ToArray()));
            Assert.Equal(expected.Position, arm.Fetch(static view => view.Position));
            Assert.Equal(expected.Rotation, arm.Fetch(static view => view.Rotation));
            Assert.Equal(Samples.Elements(expected.Wrench), arm.Fetch(static view => view.Wrench.ToArray()));
            Assert.Equal(expected.Part.Id, arm.Fetch(static view => view.Part.Id));
            Assert.Equal(expected.Part.Label, arm.Fetch(static view => view.Part.Label));
            Assert.Equal(expected.Part.Force, arm.Fetch(static view => view.Part.Force.ToArray()));
            Assert.Equal(expected.Temperature.Celsius, arm.Fetch(static view => view.Temperature.Celsius));
            Assert.Equal(expected, arm.Fetch());
        }

        Close("there");
    }

    [Fact]
    public void A_large_object_is_looked_at_in_place()
    {
        using SharedObject<Frame> frame = Frame.Create(Name(), new Frame());
        Assert.True(frame.Layout.BufferSize > 4096);
        Peer.Open("there", Name());
        var there = (SharedDict)Peer.Fetch("there")!;
        byte[] pixels = [.. Enumerable.Range(0, 60 * 80 * 3).Select(i => (byte)(i % 251))];
        ushort[] depth = [.. Enumerable.Range(0, 60 * 80).Select(i => (ushort)(i * 13))];
        there["number"] = 42L;
        there["pixels"] = NDArray.Create(pixels, 60, 80, 3);
        there["depth"] = NDArray.Create(depth, 60, 80);
        there["volume"] = NDArray.Create<float>([.. Enumerable.Range(0, 24).Select(i => (float)i)], 2, 3, 4);
        there["camera"] = NDArray.Create<double>([1, 2, 3, 4], 2, 2);
        there["text"] = "from Python";
        Peer.Assign("there", there);
        Assert.Equal(
            (42L, "from Python", pixels[(((59 * 80) + 79) * 3) + 2], depth[(59 * 80) + 78], 23f, 3.0),
            frame.Fetch(static view => (view.Number, view.Text, view.Pixels[59, 79, 2], view.Depth[59, 78], view.Volume[1, 2, 3], view.Camera[1, 0])));
        Assert.Equal((60, 240, 60, 80), frame.Fetch(static view => (view.PixelsRows.Height, view.PixelsRows.Width, view.DepthRows.Height, view.DepthRows.Width)));
        Assert.Equal(pixels[^240..], frame.Fetch(static view => view.PixelsRows.GetRowSpan(59).ToArray()));
        Assert.Equal(depth[80..160], frame.Fetch(static view => view.DepthRows.GetRowSpan(1).ToArray()));
        Assert.True(frame.Fetch(static view => view.PixelsRows.TryGetSpan(out ReadOnlySpan<byte> all) && all.Length == 60 * 80 * 3));
        Assert.False(frame.Modified); // looking is seeing
        Close("there");
    }

    [Fact]
    public void A_bare_value_has_a_view()
    {
        using SharedObject<Image> image = Image.OpenOrCreate(Name());
        Peer.Open("there", Name(), NDArray.Create(Enumerable.Range(0, 48 * 64 * 3).Select(i => (byte)i).ToArray(), 48, 64, 3));
        Assert.Equal(255, image.Fetch(static view => view.Pixels[47, 63, 2]));
        image.Update(static w => w.PixelsRows.Fill(9));
        Assert.All(((NDArray)Peer.Fetch("there")!).Bytes.ToArray(), item => Assert.Equal(9, item));
        Close("there");
    }

    [Fact]
    public void A_bool_of_any_byte_is_true()
    {
        using SharedObject<Arm> arm = Arm.Create(Name(), Samples.MakeArm());
        int flags = Arm.Layout.Members.Single(member => member.Name == "Flags").Offset + 9 + 8;
        int mask = Arm.Layout.Members.Single(member => member.Name == "Mask").Offset + 9 + 16;
        Samples.Poke(Name(), flags + 1, 7);
        Samples.Poke(Name(), mask + 1, 255);
        bool[] seen = arm.Fetch(static view => view.Flags.ToArray());
        Assert.Equal("01-01-00-01", BitConverter.ToString(seen.AsSpan().Cast<bool, byte>().ToArray()));
        Assert.Equal(1, arm.Fetch(static view => (int)view.MaskRows.GetRowSpan(0).Cast<bool, byte>()[1]));
        arm.Update(static w => Assert.Equal(1, w.Flags.Cast<bool, byte>()[1]));
        Assert.Equal(1, Segments.Read(Name())[flags + 1]);
    }

    [Fact]
    public void What_needs_something_else_is_passed_in()
    {
        using SharedObject<Arm> arm = Arm.Create(Name(), Samples.MakeArm(4));
        int joint = 3;
        double[] target = new double[7];
        Assert.Equal(7, arm.Fetch(view => view.Qpos[joint]));
        Assert.True(arm.Fetch(view => view.Qpos.TryCopyTo(target), TimeSpan.FromSeconds(5)));
        Assert.Equal(10, target[6]);
    }

    [Fact]
    public void A_number_that_does_not_fit_is_named_with_the_way_to_it()
    {
        using SharedObject<Arm> arm = Arm.Create(Name(), Samples.MakeArm());
        Peer.Open("there", Name());
        SharedDict dict = Samples.PythonArm();
        ((SharedDict)dict["part"]!)["id"] = 1L << 40;
        dict["temperature"] = 1e300;
        Peer.Assign("there", dict);
        Assert.Equal(1, arm.Fetch(static view => view.Timestamp)); // the others can be read
        SharedRangeException e = Assert.Throws<SharedRangeException>(() => arm.Fetch(static view => view.Part.Id));
        Assert.Contains(" Part.Id ", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<SharedRangeException>(() => arm.Fetch(static view => view.Temperature.Celsius));
        Assert.Contains(" Temperature.Celsius ", e.Message, StringComparison.Ordinal);
        Assert.Contains(" Part.Id ", Assert.Throws<SharedRangeException>(() => arm.Fetch()).Message, StringComparison.Ordinal);
        Close("there");
    }

    [Fact]
    public void Text_that_is_none_is_named()
    {
        using SharedObject<Arm> arm = Arm.Create(Name(), Samples.MakeArm());
        int label = Arm.Layout.Members.Single(member => member.Name == "Part").Offset - 9
            + Part.Layout.Members.Single(member => member.Name == "Label").Offset + 8;
        Samples.Poke(Name(), label, 0xC0);
        SharedFormatException e = Assert.Throws<SharedFormatException>(() => arm.Fetch(static view => view.Part.Label));
        Assert.Contains(" Part.Label ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_keys_are_noticed()
    {
        using SharedObject<Arm> arm = Arm.Create(Name(), Samples.MakeArm());
        PlainAssignWithOtherKey(Name());
        Assert.Throws<SharedSchemaException>(() => arm.Fetch(static view => view.Timestamp));
        Assert.Throws<SharedSchemaException>(() => arm.Update(static w => w.Timestamp = 3));
    }

    [Fact]
    public void An_object_without_a_value_has_no_view()
    {
        using SharedObject<Arm> arm = Arm.OpenOrCreate(Name());
        using SharedObject<Frame> frame = Frame.OpenOrCreate(Name("frame"));
        Assert.Throws<SharedNeverAssignedException>(() => arm.Fetch(static view => view.Timestamp));
        Assert.Throws<SharedNeverAssignedException>(() => frame.Fetch(static view => view.Number));
        Assert.Throws<SharedNeverAssignedException>(() => arm.Update(static w => w.Timestamp = 1));
        Assert.Throws<ArgumentNullException>(() => arm.Fetch((Func<Arm.View, int>)null!));
        Assert.Throws<ArgumentNullException>(() => arm.Update(null!));
    }

    [Fact]
    public void The_lock_is_waited_for_no_longer_than_said()
    {
        using SharedObject<Frame> frame = Frame.Create(Name(), new Frame());
        Peer.Open("there", Name());
        Peer.Run("lock", ("handle", "there"), ("mode", "ex"));
        Assert.Throws<SharedLockTimeoutException>(() => frame.Fetch(static view => view.Number, TimeSpan.FromMilliseconds(1)));
        Assert.Throws<SharedLockTimeoutException>(() => frame.Update(static w => w.Number = 1, TimeSpan.Zero));
        Assert.ThrowsAny<OperationCanceledException>(() =>
            frame.Fetch(static view => view.Number, TimeSpan.FromMinutes(1), new System.Threading.CancellationToken(canceled: true)));
        Peer.Run("unlock", ("handle", (JsonNode)"there"));
        Assert.Equal(0, frame.Fetch(static view => view.Number, TimeSpan.FromMinutes(1)));
        Close("there");
    }

    [Fact]
    public void Inside_a_large_view_the_handle_is_busy_and_inside_a_small_one_it_is_not()
    {
        using SharedObject<Frame> frame = Frame.Create(Name("frame"), new Frame());
        using SharedObject<Arm> arm = Arm.Create(Name("arm"), Samples.MakeArm());
        Assert.Throws<SharedReentrancyException>(() => frame.Fetch(_ => frame.Fetch().Number));
        Assert.Throws<SharedReentrancyException>(() => frame.Fetch(_ => frame.Fetch(static view => view.Number)));
        Assert.Throws<SharedReentrancyException>(() => frame.Fetch(_ => frame.Assign(new Frame())));
        Assert.Throws<SharedReentrancyException>(() => frame.Fetch(_ => frame.Update(static w => w.Number = 1)));
        Assert.True(Peer.CanLock(Name("frame")));
        Assert.Equal(1, arm.Fetch(view => arm.Fetch().Timestamp));
        Assert.Equal(0, frame.Fetch(_ => { using SharedObject<Frame> other = Frame.Open(Name("frame")); return other.Fetch().Number; }));
        Assert.Equal(0, frame.Fetch().Number);
    }

    [Fact]
    public void What_a_view_throws_comes_out_and_the_lock_is_free()
    {
        using SharedObject<Frame> frame = Frame.Create(Name("frame"), new Frame());
        using SharedObject<Arm> arm = Arm.Create(Name("arm"), Samples.MakeArm());
        Assert.Throws<InvalidTimeZoneException>(() => frame.Fetch(static int (Frame.View _) => throw new InvalidTimeZoneException()));
        Assert.Throws<InvalidTimeZoneException>(() => arm.Fetch(static int (Arm.View _) => throw new InvalidTimeZoneException()));
        Assert.True(Peer.CanLock(Name("frame")));
        Assert.True(Peer.CanLock(Name("arm")));
    }

    private void PlainAssignWithOtherKey(string name)
    {
        SharedDict dict = Samples.PythonArm(), other = [];
        foreach ((object? key, object? value) in dict)
        {
            other.Add((string)key! == "timestamp" ? "timestump" : key!, value);
        }

        Peer.Open("other", name);
        try
        {
            Peer.Assign("other", other);
        }
        catch (PythonException)
        {
            // The project's own Python peer may refuse what an unmodified one assigns.
            byte[] bytes = Segments.Read(name);
            int key = bytes.AsSpan().IndexOf("timestamp"u8);
            bytes[key + 6] = (byte)'u';
            bytes[0]++; // a new stamp
            Segments.Write(name, bytes);
        }

        Close("other");
    }
}
