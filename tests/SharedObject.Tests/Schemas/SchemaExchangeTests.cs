using System;
using System.Linq;
using System.Numerics;
using System.Numerics.Tensors;
using SharedObjects.Tests.Interop;
using SharedObjects.Wire;

namespace SharedObjects.Tests.Schemas;

/// <summary>Generated code at work on real segments, against a Python process: each schema made by either, assigned by both.</summary>
public sealed partial class SchemaExchangeTests(PeerFixture fixture) : PeerTest(fixture)
{
    private const int DefaultInitSize = 100;

    [Fact]
    public void The_arm_of_the_documentation() => Exchange(
        ArmState.Codec,
        new ArmState(1, new Pose(1, 2, 3, 1, 0, 0, 0), [0, 1, 2, 3, 4, 5, 6], "idle", true),
        new ArmState(long.MinValue, Pose.Identity, [-0.0, double.NaN, 1e300, 0, 0, 0, 7], "Übergabe 🤖", false),
        arm => new SharedDict
        {
            { "timestamp", arm.Timestamp },
            { "tcp", arm.Tcp },
            { "qpos", NDArray.Create<double>(arm.Qpos, 7) },
            { "mode", arm.Mode },
            { "ok", arm.IsHealthy },
        });

    [Fact]
    public void The_image_of_the_documentation()
    {
        byte[] pixels = new byte[480 * 848 * 3];
        new Random(1).NextBytes(pixels);
        Exchange(
            ColorImage.Codec, new ColorImage(pixels), new ColorImage(new byte[pixels.Length]), image => NDArray.Create<byte>(image.Pixels, 480, 848, 3));
    }

    [Fact]
    public void Every_scalar_to_its_limits() => Exchange(
        Scalars.Codec,
        new Scalars(
            true, long.MaxValue, int.MaxValue, short.MaxValue, sbyte.MaxValue, byte.MaxValue, long.MaxValue, uint.MaxValue, ushort.MaxValue,
            double.MaxValue, float.MaxValue, new Complex(1, -0.0), new Pose(1, 2, 3, 4, 5, 6, 7), SmallMode.Last, SignedMode.Found, WideMode.HighestThatFits),
        new Scalars(
            false, long.MinValue, int.MinValue, short.MinValue, sbyte.MinValue, 0, 0, 0, 0,
            double.Epsilon, float.Epsilon, default, Pose.Identity, (SmallMode)77, SignedMode.Lost, WideMode.None),
        value => new SharedDict
        {
            { "flag", value.Flag },
            { "long", value.Long },
            { "int", (long)value.Int },
            { "short", (long)value.Short },
            { "s_byte", (long)value.SByte },
            { "byte", (long)value.Byte },
            { "u_long", (long)value.ULong },
            { "u_int", (long)value.UInt },
            { "u_short", (long)value.UShort },
            { "double", value.Double },
            { "single", (double)value.Single },
            { "complex", value.Complex },
            { "pose", value.Pose },
            { "small", (long)value.Small },
            { "signed", (long)value.Signed },
            { "wide", (long)value.Wide },
        });

    [Fact]
    public void Texts_and_bytes_up_to_their_capacities() => Exchange(
        Texts.Codec,
        new Texts("Ünï\0", "äöüßé", [1, 2, 0], [0xFF], [0, 0, 0], [1, 2, 3, 4]),
        new Texts(new string('x', 100), "0123456789", [.. Enumerable.Repeat((byte)0xFF, 100)], [], [], [0]),
        value => new SharedDict
        {
            { "plain", value.Plain },
            { "short", value.Short },
            { "bytes", value.Bytes },
            { "array", new ByteArray(value.Array) },
            { "short_bytes", value.ShortBytes },
            { "short_array", new ByteArray(value.ShortArray) },
        },
        pythonMakes: false); // it has one init_size for all

    [Fact]
    public void Texts_of_another_init_size() => Exchange(
        SmallTexts.Codec,
        new SmallTexts("six", 1),
        new SmallTexts("twelve bytes", 2),
        value => new SharedDict { { "name", value.Name }, { "a rather long key", value.Number } },
        initSize: 12);

    [Fact]
    public void Every_element_type()
    {
        Elements first = Make(1), second = Make(2);
        Exchange(Elements.Codec, first, second, value => new SharedDict
        {
            { "bools", NDArray.Create<bool>(value.Bools, 2) },
            { "s_bytes", NDArray.Create<sbyte>(value.SBytes, 2) },
            { "bytes", NDArray.Create<byte>(value.Bytes, 2) },
            { "shorts", NDArray.Create<short>(value.Shorts, 2) },
            { "u_shorts", NDArray.Create<ushort>(value.UShorts, 2) },
            { "ints", NDArray.Create<int>(value.Ints, 2) },
            { "u_ints", NDArray.Create<uint>(value.UInts, 2) },
            { "longs", NDArray.Create<long>(value.Longs, 2) },
            { "u_longs", NDArray.Create<ulong>(value.ULongs, 2) },
            { "halves", NDArray.Create<Half>(value.Halves, 2) },
            { "singles", NDArray.Create<float>(value.Singles, 2) },
            { "doubles", NDArray.Create<double>(value.Doubles, 2) },
            { "long_doubles", NDArray.Create<LongDouble>(value.LongDoubles, 2) },
            { "small_complexes", NDArray.Create<Complex64>(value.SmallComplexes, 2) },
            { "complexes", NDArray.Create<Complex>(value.Complexes, 2) },
            { "long_complexes", NDArray.Create<LongDoubleComplex>(value.LongComplexes, 2) },
        });

        static Elements Make(int salt) => new()
        {
            Bools = Of<bool>(DType.Bool, salt),
            SBytes = Of<sbyte>(DType.Int8, salt),
            Bytes = Of<byte>(DType.UInt8, salt),
            Shorts = Of<short>(DType.Int16, salt),
            UShorts = Of<ushort>(DType.UInt16, salt),
            Ints = Of<int>(DType.Int32, salt),
            UInts = Of<uint>(DType.UInt32, salt),
            Longs = Of<long>(DType.Int64, salt),
            ULongs = Of<ulong>(DType.UInt64, salt),
            Halves = Of<Half>(DType.Float16, salt),
            Singles = Of<float>(DType.Float32, salt),
            Doubles = Of<double>(DType.Float64, salt),
            LongDoubles = Of<LongDouble>(DType.LongDouble, salt),
            SmallComplexes = Of<Complex64>(DType.Complex64, salt),
            Complexes = Of<Complex>(DType.Complex128, salt),
            LongComplexes = Of<LongDoubleComplex>(DType.LongDoubleComplex, salt),
        };

        static T[] Of<T>(DType dtype, int salt)
            where T : unmanaged => WireSample.Array_(dtype, salt, 2).AsSpan<T>().ToArray();
    }

    [Fact]
    public void Every_form_of_array() => Exchange(
        Shapes.Codec,
        new Shapes
        {
            Flat = [1, 2, 3, 4, 5, 6],
            FlatOfRank4 = [1, 2, 3, 4, 5, 6],
            Rank2 = new ushort[,] { { 1, 2, 3 }, { 4, 5, 6 } },
            Rank3 = new byte[,,] { { { 1, 2, 3 }, { 4, 5, 6 } } },
            Tensor = Tensor.Create([1.0, 2, 3, 4, 5, 6], [2, 3]).Slice([0..2, 1..3]), // not dense
            Mask = new bool[,] { { true, false }, { false, true } },
        },
        new Shapes(),
        value => new SharedDict
        {
            { "flat", NDArray.Create<float>(value.Flat, 2, 3) },
            { "flat_of_rank4", NDArray.Create<int>(value.FlatOfRank4, 2, 1, 1, 3) },
            { "rank2", NDArray.Create<ushort>([.. value.Rank2.Cast<ushort>()], 2, 3) },
            { "rank3", NDArray.Create<byte>([.. value.Rank3.Cast<byte>()], 1, 2, 3) },
            { "tensor", NDArray.Create<double>([.. value.Tensor], 2, 2) },
            { "mask", NDArray.Create<bool>([.. value.Mask.Cast<bool>()], 2, 2) },
        });

    [Fact]
    public void Spatial_types_in_both_widths_and_orders()
    {
        var matrix = new Matrix4x4(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
        var q = new Quaternion(1, 2, 3, 4);
        var v = new Vector3(1, 2, 3);
        float[] transposed = [1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 4, 8, 12, 16];
        var first = new Spatial(v, v * 2, q, q * 2, q * 3, q * 4, matrix, matrix * 2);
        Exchange(Spatial.Codec, first, default, value => value == default ? Zeros() : new SharedDict
        {
            { "vector", NDArray.Create<float>([1, 2, 3], 3) },
            { "vector64", NDArray.Create<double>([2, 4, 6], 3) },
            { "xyzw", NDArray.Create<float>([1, 2, 3, 4], 4) },
            { "wxyz", NDArray.Create<float>([8, 2, 4, 6], 4) },
            { "xyzw64", NDArray.Create<double>([3, 6, 9, 12], 4) },
            { "wxyz64", NDArray.Create<double>([16, 4, 8, 12], 4) },
            { "matrix", NDArray.Create<float>(transposed, 4, 4) },
            { "matrix64", NDArray.Create<double>([.. transposed.Select(number => 2.0 * number)], 4, 4) },
        });

        // The expected dict above does not look at the value: so this must.
        using SharedObject<Spatial> handle = Spatial.Create(Name("v"), default);
        Peer.Open("there", Name("v"));
        handle.Assign(first);
        object? dict = Peer.Fetch("there");
        handle.Assign(default);
        Peer.Assign("there", dict);
        Assert.Equal(first, handle.Fetch());
        Close("there");

        static SharedDict Zeros() => new()
        {
            { "vector", NDArray.Create<float>(new float[3], 3) },
            { "vector64", NDArray.Create<double>(new double[3], 3) },
            { "xyzw", NDArray.Create<float>(new float[4], 4) },
            { "wxyz", NDArray.Create<float>(new float[4], 4) },
            { "xyzw64", NDArray.Create<double>(new double[4], 4) },
            { "wxyz64", NDArray.Create<double>(new double[4], 4) },
            { "matrix", NDArray.Create<float>(new float[16], 4, 4) },
            { "matrix64", NDArray.Create<double>(new double[16], 4, 4) },
        };
    }

    [Fact]
    public void Schemas_in_schemas_are_nested_dicts_and_of_kind_value_bare_values() => Exchange(
        Outer.Codec,
        new Outer(1, new Inner("one", new Point(1, 2), [1, 2, 3]), new Point(3, 4), new Celsius(21.5), [5, 6]),
        new Outer(2, new Inner("", new Point(-0.0, double.NaN), [0, 0, -1]), default, new Celsius(-273.15), [7, 8]),
        value => new SharedDict
        {
            { "id", value.Id },
            {
                "inner", new SharedDict
                {
                    { "name", value.Inner.Name },
                    { "where", new SharedDict { { "x", value.Inner.Where.X }, { "y", value.Inner.Where.Y } } },
                    { "counts", NDArray.Create<int>(value.Inner.Counts, 3) },
                }
            },
            { "point", new SharedDict { { "x", value.Point.X }, { "y", value.Point.Y } } },
            { "temperature", value.Temperature.Degrees },
            { "last", NDArray.Create<double>(value.Last, 2) },
        });

    [Fact]
    public void Bare_values()
    {
        Exchange(Celsius.Codec, new Celsius(0.5), new Celsius(double.NaN), value => value.Degrees, label: "float");
        Exchange(Caption.Codec, new Caption("a"), new Caption(new string('ß', 30)), value => value.Text, label: "text", initSize: 60);
        var depth = new Depth();
        depth.Millimetres[47, 63] = 1234;
        Exchange(
            Depth.Codec, depth, new Depth(), value => NDArray.Create<ushort>([.. value.Millimetres.Cast<ushort>()], 48, 64), label: "depth");
        Exchange(
            BaseTransform.Codec,
            new BaseTransform(Matrix4x4.CreateTranslation(1, 2, 3)),
            new BaseTransform(default),
            value => NDArray.Create<double>(
                value.Matrix == default ? new double[16] : [1, 0, 0, 1, 0, 1, 0, 2, 0, 0, 1, 3, 0, 0, 0, 1], 4, 4),
            label: "matrix");
    }

    [Fact]
    public void Members_with_the_names_of_generated_ones()
    {
        Exchange(
            Gripper.CodecShared,
            new Gripper(true, 0.08, 1),
            new Gripper(false, 0, 2),
            value => new SharedDict { { "open", value.Open }, { "create", value.Create }, { "codec", value.Codec } });
        using SharedObject<Gripper> made = Gripper.CreateShared(Name("made"), new Gripper(true, 1, 2));
        using SharedObject<Gripper> opened = Gripper.OpenShared(Name("made"));
        Assert.Equal(new Gripper(true, 1, 2), opened.Fetch());
    }

    [Fact]
    public void Required_init_and_ordinary_members() => Exchange(
        Mixed.Codec,
        new Mixed(1) { Load = 0.5, Note = "n", SerialNumber = 7, Uses = 3 },
        new Mixed(2) { Load = -1 },
        value => new SharedDict { { "id", value.Id }, { "load", value.Load }, { "note", value.Note }, { "SERIAL", (long)value.SerialNumber } });

    [Fact]
    public void Fields_of_a_struct() => Exchange(
        Fields.Codec,
        new Fields { Count = 1, Values = [1, 2] },
        new Fields { Count = 2, Values = [-0f, float.NaN] },
        value => new SharedDict { { "count", value.Count }, { "values", NDArray.Create<float>(value.Values, 2) } });

    [Fact]
    public void Members_that_only_the_constructor_sets() => Exchange(
        Constructed.Codec,
        new Constructed(0.5, 1),
        new Constructed(-0.5, 2),
        value => new SharedDict { { "id", value.Id }, { "load", value.Load } });

    [Fact]
    public void A_private_nested_schema() => Exchange(
        Hidden.Codec, new Hidden(1, [1]), new Hidden(2, [2]), value => new SharedDict { { "a", value.A }, { "b", NDArray.Create<int>(value.B, 1) } });

    [Fact]
    public void An_object_larger_than_the_stack_takes()
    {
        var first = new Large { Id = 1, Pose = Pose.Identity, Values = [.. Enumerable.Range(0, 1000).Select(i => i / 3.0)] };
        first.Grid[19, 29] = -1;
        Exchange(Large.Codec, first, new Large { Pose = new Pose(1, 2, 3, 4, 5, 6, 7) }, value => new SharedDict
        {
            { "id", value.Id },
            { "values", NDArray.Create<double>(value.Values, 1000) },
            { "grid", NDArray.Create<int>([.. value.Grid.Cast<int>()], 20, 30) },
            { "pose", value.Pose },
        });
    }

    [Fact]
    public void The_generated_methods_open_make_and_publish()
    {
        var first = new ArmState(1, Pose.Identity, new double[7], "a", true);
        ArmState second = first with { Timestamp = 2 };
        Assert.Equal("arm_state", ArmState.DefaultName);
        Assert.Throws<SharedNotFoundException>(() => ArmState.Open(Name()));
        using SharedObject<ArmState> created = ArmState.Create(Name(), first);
        Assert.Throws<SharedExistsException>(() => ArmState.Create(Name(), first));
        using SharedObject<ArmState> opened = ArmState.Open(Name());
        Assert.Equal(first, opened.Fetch());
        using SharedObject<ArmState> kept = ArmState.OpenOrCreate(Name(), second);
        Assert.Equal(first, kept.Fetch());
        using SharedObject<ArmState> published = ArmState.Publish(Name(), second);
        Assert.Equal(second, opened.Fetch());

        using SharedObject<ArmState> unassigned = ArmState.OpenOrCreate(Name("new"));
        Assert.False(unassigned.TryFetch(out _));
        Assert.Throws<SharedNeverAssignedException>(() => unassigned.Fetch());
        unassigned.Assign(first).Trigger();
        Peer.Open("there", Name("new"));
        Assert.Equal(1L, ((SharedDict)Peer.Fetch("there")!)["timestamp"]);
        Close("there");
    }

    [Fact]
    public void What_was_made_without_a_value_is_a_whole_object_to_Python_once_it_is_triggered()
    {
        using SharedObject<ArmState> made = ArmState.OpenOrCreate(Name());
        made.Trigger();
        Peer.Open("there", Name());
        AssertSame(
            new SharedDict { { "timestamp", 0L }, { "tcp", Pose.Identity }, { "qpos", NDArray.Create<double>(new double[7], 7) }, { "mode", "" }, { "ok", false } },
            Peer.Fetch("there"));
        Close("there");
    }

    [Fact]
    public void Offsets_are_those_worked_out_by_hand()
    {
        // A key of a dict takes 1 + 8 + 101 bytes, a value one for its tag and its data area.
        const int Key = 110;
        Assert.Equal(9 + 8 + (5 * (Key + 1)) + 8 + 28 + (9 + 8 + 56) + (8 + 101) + 1, ArmState.Codec.FixedLayout!.BufferSize);
        Assert.Equal((480 * 848 * 3) + 24 + 18, ColorImage.Codec.FixedLayout!.BufferSize);
        Assert.Equal(17, Celsius.Codec.FixedLayout!.BufferSize);
        Assert.Equal(17 + (1 + 8 + 13) + (1 + 8 + 13) + (1 + 8 + 35) + (1 + 8), SmallTexts.Codec.FixedLayout!.BufferSize);

        using SharedObject<Point> handle = Point.Create(Name(), new Point(1.5, -2.5));
        byte[] bytes = ObjectBytes.Of(handle);
        Assert.Equal(17 + (2 * (Key + 9)), bytes.Length);
        Assert.Equal(1.5, BitConverter.ToDouble(bytes, 17 + Key + 1));
        Assert.Equal(-2.5, BitConverter.ToDouble(bytes, 17 + Key + 9 + Key + 1));
    }

    [Fact]
    public void Records_with_equal_arrays_are_equal()
    {
        var first = new ArmState(1, Pose.Identity, [1, 2, 3, 4, 5, 6, 7], "a", true);
        ArmState same = first with { Qpos = [.. first.Qpos] };
        Assert.Equal(first, same);
        Assert.True(first == same);
        Assert.Equal(first.GetHashCode(), same.GetHashCode());
        same.Qpos[6] = 0;
        Assert.NotEqual(first, same);
    }

    private void Exchange<T>(
        SharedCodec<T> codec, T first, T second, Func<T, object?> untyped, bool pythonMakes = true, int initSize = DefaultInitSize, string label = "")
    {
        string name = Name(label + "c");
        using (SharedObject<T> here = SharedObject.Create(name, first, codec))
        {
            Peer.Open("there", name, initSize: initSize);
            AssertSame(untyped(first), Peer.Fetch("there"), "as made by C#");
            AssertSame(untyped(first), untyped(here.Fetch()), "as made by C#, read here");
            Peer.Assign("there", untyped(second));
            AssertSame(untyped(second), untyped(here.Fetch()), "as assigned by Python");
            here.Assign(first);
            AssertSame(untyped(first), Peer.Fetch("there"), "as assigned by C#");
            T into = here.Fetch();
            Peer.Assign("there", untyped(second));
            here.FetchInto(ref into);
            AssertSame(untyped(second), untyped(into), "as assigned by Python, fetched into another");
            T none = default!;
            here.FetchInto(ref none);
            AssertSame(untyped(second), untyped(none), "fetched into nothing");
            Close("there");
        }

        if (!pythonMakes)
        {
            return;
        }

        name = Name(label + "p");
        Peer.Open("there", name, untyped(first), initSize);
        using (SharedObject<T> here = SharedObject.Open(name, codec))
        {
            AssertSame(untyped(first), untyped(here.Fetch()), "as made by Python");
            here.Assign(second);
            AssertSame(untyped(second), Peer.Fetch("there"), "as assigned by C#");
            Peer.Assign("there", untyped(first));
            AssertSame(untyped(first), untyped(here.Fetch()), "as assigned by Python");
        }

        Close("there");
    }

    [SharedObject("so-test-hidden")]
    private readonly partial record struct Hidden(long A, [Shape(1)] int[] B);
}
