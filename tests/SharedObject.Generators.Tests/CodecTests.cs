using System;
using System.Buffers.Binary;
using System.Linq;
using System.Numerics;
using System.Numerics.Tensors;
using SharedObjects.Generators.Tests.Schemas;
using SharedObjects.Wire;
using Xunit;

namespace SharedObjects.Generators.Tests;

/// <summary>Runs generated codecs (those of Schemas/) on plain memory; other tests run them on segments, against Python.</summary>
public class CodecTests
{
    [Fact]
    public void Everything_comes_back_as_it_was_written()
    {
        Everything value = MakeEverything();
        byte[] bytes = Write(Everything.Codec, value);
        Everything read = Read(Everything.Codec, bytes);
        AssertSame(value, read);
        Assert.Equal(bytes, Write(Everything.Codec, read));
    }

    [Fact]
    public void Values_stand_where_the_format_says()
    {
        byte[] bytes = Write(ArmState.Codec, new ArmState(0x0102030405060708, Pose.Identity, [1, 2, 3, 4, 5, 6, 7], "home", true));
        Assert.Equal(791, bytes.Length);
        Assert.Equal((byte)WireTag.Dict, bytes[8]);
        Assert.Equal(791 - 17, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(9)));
        Assert.Equal(0x0102030405060708, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(128)));
        Assert.Equal((byte)DType.Float64, bytes[386]);
        Assert.Equal(7, BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(386 + 9)));
        Assert.Equal(7.0, BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(403 + 48)));
        Assert.Equal("home"u8.ToArray().Append((byte)0xFF).Append((byte)0), bytes.AsSpan(578, 6).ToArray());
        Assert.Equal(1, bytes[790]);
    }

    [Fact]
    public void A_bare_value_is_the_object()
    {
        var image = new ColorImage(new byte[480 * 848 * 3]);
        image.Pixels[^1] = 200;
        byte[] bytes = Write(ColorImage.Codec, image);
        Assert.Equal((byte)WireTag.NDArray, bytes[8]);
        Assert.Equal(200, bytes[^1]);
        Assert.Equal(image, Read(ColorImage.Codec, bytes));
    }

    [Fact]
    public void ReadInto_fills_the_arrays_of_a_record_again()
    {
        byte[] bytes = Write(ArmState.Codec, new ArmState(1, Pose.Identity, [1, 2, 3, 4, 5, 6, 7], "home", true));
        double[] qpos = new double[7];
        var value = new ArmState(0, default, qpos, "", false);
        Into(ArmState.Codec, bytes, ref value);
        Assert.Same(qpos, value.Qpos);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], qpos);

        double[] tooShort = new double[3];
        value = new ArmState(0, default, tooShort, "", false);
        Into(ArmState.Codec, bytes, ref value);
        Assert.NotSame(tooShort, value.Qpos);
        Assert.Equal(7, value.Qpos[6]);

        value = default;
        Into(ArmState.Codec, bytes, ref value);
        Assert.Equal("home", value.Mode);
    }

    [Fact]
    public void ReadInto_fills_an_object_again()
    {
        Everything written = MakeEverything();
        byte[] bytes = Write(Everything.Codec, written);
        Everything value = MakeEverything();
        value.Long = -1;
        value.Grid = Tensor.Create(new double[6], [3, 2]);
        var (before, blob, depth, mask, grid, wide, halves) =
            (value, value.Blob, value.Depth, value.Mask, value.Grid, value.Inner.Wide, value.Bare.Halves);
        Into(Everything.Codec, bytes, ref value);
        Assert.Same(before, value);
        Assert.Same(blob, value.Blob);
        Assert.Same(depth, value.Depth);
        Assert.Same(mask, value.Mask);
        Assert.Same(grid, value.Grid);
        Assert.Same(wide, value.Inner.Wide);
        Assert.Same(halves, value.Bare.Halves);
        AssertSame(written, value);

        Everything? none = null;
        Into(Everything.Codec, bytes, ref none!);
        AssertSame(written, none);
    }

    [Fact]
    public void ReadInto_allocates_nothing_but_strings()
    {
        byte[] bytes = Write(InnerValue.Codec, new InnerValue { Halves = [(Half)1, (Half)2, (Half)3] });
        InnerValue value = Read(InnerValue.Codec, bytes);
        var context = new CodecContext("test", InnerValue.Codec.FixedLayout!);
        SharedCodec<InnerValue> codec = InnerValue.Codec;
        codec.ReadInto(bytes, ref value, context);
        long least = long.MaxValue;
        for (int round = 0; round < 10 && least > 0; round++) // a collection that other tests cause counts a whole allocation context
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                codec.ReadInto(bytes, ref value, context);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void A_tensor_that_is_a_slice_is_written_in_order_and_not_filled_again()
    {
        Everything value = MakeEverything();
        Tensor<double> whole = Tensor.Create(Enumerable.Range(0, 12).Select(i => (double)i).ToArray(), [3, 4]);
        value.Grid = whole.Slice([0..3, 1..3]);
        byte[] bytes = Write(Everything.Codec, value);
        Everything read = Read(Everything.Codec, bytes);
        double[] elements = new double[6];
        read.Grid.FlattenTo(elements);
        Assert.Equal([1, 2, 5, 6, 9, 10], elements);

        Into(Everything.Codec, bytes, ref value);
        value.Grid.FlattenTo(elements);
        Assert.Equal([1, 2, 5, 6, 9, 10], elements);
        Assert.Equal(3, whole[0, 3]);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        AssertRefused(value => value.ULong = ulong.MaxValue, "ULong");
        AssertRefused(value => value.Flags = Flags.All, "Flags");
        AssertRefused(value => value.Text = new string('x', 41), "Text");
        AssertRefused(value => value.Text = null!, "Text");
        AssertRefused(value => value.Buffer = new byte[8], "Buffer");
        AssertRefused(value => value.Blob = null!, "Blob");
        AssertRefused(value => value.Flat = new float[5], "Flat");
        AssertRefused(value => value.Depth = new ushort[3, 2], "Depth");
        AssertRefused(value => value.Mask = null!, "Mask");
        AssertRefused(value => value.Inner = value.Inner with { Wide = [] }, "Inner.Wide");
        AssertRefused(value => value.Bare = default, "Bare.Halves");
        AssertRefused(value => value.Grid = null!, "Grid");
        AssertRefused(value => value.Grid = Tensor.Create(new double[6], [2, 3]), "Grid");
        AssertRefused(value => value.Inner = null!, "Inner");
    }

    [Fact]
    public void Numbers_out_of_range_are_refused_when_read()
    {
        byte[] bytes = Write(Everything.Codec, MakeEverything());
        int offset = OffsetOf("s_byte");
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(offset), 128);
        var e = Assert.Throws<SharedRangeException>(() => Read(Everything.Codec, bytes));
        Assert.Contains("SByte", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_are_equal_by_the_elements_of_their_arrays()
    {
        var one = new ArmState(1, Pose.Identity, [1, 2, 3, 4, 5, 6, 7], "home", true);
        ArmState same = one with { Qpos = [1, 2, 3, 4, 5, 6, 7] };
        Assert.Equal(one, same);
        Assert.True(one == same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(one, one with { Qpos = [1, 2, 3, 4, 5, 6, 8] });
        Assert.NotEqual(one, one with { Qpos = null! });
        Assert.NotEqual(one, one with { Mode = "away" });
        Assert.Equal(default(ArmState), default);

        var image = new ColorImage([1, 2]);
        Assert.Equal(image, new ColorImage([1, 2]));
        Assert.NotEqual(image, new ColorImage([1, 3]));
        Assert.NotEqual(image, new DerivedImage([1, 2]));
        Assert.False(image.Equals(null));

        ManyForms forms = MakeForms();
        Assert.Equal(forms, MakeForms());
        Assert.Equal(forms.GetHashCode(), MakeForms().GetHashCode());
        Assert.NotEqual(forms, forms with { Flat2 = new int[1, 4] });
        Assert.NotEqual(forms, forms with { Flat3 = new bool[2, 1, 1] });
        Assert.NotEqual(forms, forms with { Tensor = Tensor.Create(new float[] { 1, 2, 3, 5 }, [2, 2]) });
        Assert.NotEqual(forms, forms with { Tensor = Tensor.Create(new float[] { 1, 2, 3, 4 }, [4]) });
    }

    [Fact]
    public void A_codec_agrees_with_the_runtime_about_its_size() =>
        Assert.Equal(Write(Everything.Codec, MakeEverything()).Length, Everything.Codec.FixedLayout!.BufferSize);

    private static ManyForms MakeForms() => new(
        new int[,] { { 1, 2 }, { 3, 4 } },
        new bool[,,] { { { true, false } } },
        Tensor.Create(new float[] { 1, 2, 3, 4 }, [2, 2]));

    private static Everything MakeEverything() => new()
    {
        Bool = true,
        Long = long.MinValue,
        Int = -1,
        Short = short.MinValue,
        SByte = -128,
        Byte = 255,
        ULong = long.MaxValue,
        UInt = uint.MaxValue,
        UShort = ushort.MaxValue,
        Mode = GripperMode.Closing,
        Flags = (Flags)5,
        Double = Math.PI,
        Float = 1.5f,
        Complex = new Complex(1, -2),
        Pose = new Pose(new Vector3(1, 2, 3), new Quaternion(0, 0, 1, 0)),
        Text = "äöü\0",
        Blob = [1, 0, 0xFF, 0],
        Buffer = [1, 2, 3, 4, 5, 6, 7],
        Flat = [1, 2, 3, 4, 5, 6],
        Depth = new ushort[,] { { 1, 2, 3 }, { 4, 5, 6 } },
        Mask = FullMask(),
        Grid = Tensor.Create(new double[] { 1, 2, 3, 4, 5, 6 }, [3, 2]),
        Position = new Vector3(1, 2, 3),
        PreciseVector3 = new Vector3(4, 5, 6),
        Rotation = new Quaternion(1, 2, 3, 4),
        RotationWxyz = new Quaternion(1, 2, 3, 4),
        Transform = Matrix4x4.CreateTranslation(1, 2, 3),
        Transform64 = Matrix4x4.CreateTranslation(4, 5, 6),
        Inner = new Inner(7, [(LongDouble)1.5, (LongDouble)(-2.0)]),
        Bare = new InnerValue { Halves = [(Half)1, (Half)2, (Half)3] },
    };

    private static bool[,,] FullMask()
    {
        var mask = new bool[2, 3, 4];
        mask[1, 2, 3] = true;
        mask[0, 0, 1] = true;
        return mask;
    }

    private static void AssertSame(Everything expected, Everything actual)
    {
        Assert.Equal(expected.Float, actual.Float);
        foreach (var property in typeof(Everything).GetProperties().Where(property => property.GetMethod!.IsStatic is false && property.Name != "Grid" && property.Name != "Bare"))
        {
            Assert.Equal(property.GetValue(expected), property.GetValue(actual));
        }

        Assert.Equal(expected.Bare.Halves, actual.Bare.Halves);
        double[] left = new double[6], right = new double[6];
        expected.Grid.FlattenTo(left);
        actual.Grid.FlattenTo(right);
        Assert.Equal(left, right);
    }

    private static int OffsetOf(string key)
    {
        int offset = ObjectHeader.DataOffset + DictArea.ItemsOffset;
        foreach (DictItem item in ((DictLayout)Everything.Codec.FixedLayout!.Value).Items)
        {
            offset += 1 + item.Key.Layout.DataSize + 1;
            if (item.Key.ToString() == $"'{key}'")
            {
                return offset;
            }

            offset += item.Value.DataSize;
        }

        throw new InvalidOperationException(key);
    }

    private static void AssertRefused(Action<Everything> change, string member) => AssertRefused<SharedValueException>(change, member);

    private static void AssertRefused<TException>(Action<Everything> change, string member)
        where TException : Exception
    {
        Everything value = MakeEverything();
        change(value);
        Exception e = Assert.ThrowsAny<TException>(() => Write(Everything.Codec, value));
        Assert.Contains(member, e.Message, StringComparison.Ordinal);
    }

    private static byte[] Write<T>(SharedCodec<T> codec, T value)
    {
        ObjectLayout layout = codec.FixedLayout!;
        var context = new CodecContext("test", layout);
        codec.Validate(value, context);
        byte[] bytes = new byte[layout.BufferSize];
        layout.FixedParts.CopyTo(bytes);
        codec.Write(value, bytes, context);
        Assert.True(layout.FixedParts.Match(bytes)); // nothing was written over what is fixed
        return bytes;
    }

    private static T Read<T>(SharedCodec<T> codec, byte[] bytes) => codec.Read(bytes, new CodecContext("test", codec.FixedLayout!));

    private static void Into<T>(SharedCodec<T> codec, byte[] bytes, ref T value) =>
        codec.ReadInto(bytes, ref value, new CodecContext("test", codec.FixedLayout!));

    private sealed record DerivedImage(byte[] Pixels) : ColorImage(Pixels);
}
