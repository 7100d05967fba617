using System;
using System.Numerics;
using System.Numerics.Tensors;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Schemas;

/// <summary>What does not fit a schema: which exception, what it names, and that nothing was written.</summary>
public sealed class SchemaErrorTests(PeerFixture fixture) : PeerTest(fixture)
{
    private static readonly Strict Good = new(1, [1, 2], "text");

    [Fact]
    public void A_number_of_Pythons_beyond_the_range_of_its_member_is_named()
    {
        using SharedObject<Scalars> here = Scalars.Create(Name(), default);
        Peer.Open("there", Name());
        var original = (SharedDict)Peer.Fetch("there")!;
        (string Key, string Member, object Value)[] cases =
        [
            ("int", "Int", int.MaxValue + 1L), ("int", "Int", int.MinValue - 1L),
            ("short", "Short", 32768L), ("short", "Short", -32769L),
            ("s_byte", "SByte", 128L), ("s_byte", "SByte", -129L),
            ("byte", "Byte", 256L), ("byte", "Byte", -1L),
            ("u_long", "ULong", -1L), ("u_long", "ULong", long.MinValue),
            ("u_int", "UInt", 1L << 32), ("u_int", "UInt", -1L),
            ("u_short", "UShort", 65536L), ("u_short", "UShort", -1L),
            ("single", "Single", 3.5e38), ("single", "Single", -1e300),
            ("small", "Small", 256L), ("signed", "Signed", 1L << 31), ("wide", "Wide", -1L),
        ];
        foreach ((string key, string member, object value) in cases)
        {
            original[key] = value;
            Peer.Assign("there", original);
            SharedRangeException e = Assert.Throws<SharedRangeException>(() => here.Fetch());
            Assert.Equal(Name(), e.ObjectName);
            Assert.Contains($" {member} ", e.Message, StringComparison.Ordinal);
            Assert.Contains(Name(), e.Message, StringComparison.Ordinal);
            string text = value is long number ? $"{number}" : ((double)value).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
            Assert.Contains(text, e.Message, StringComparison.Ordinal);
            Scalars into = default;
            Assert.Throws<SharedRangeException>(() => here.FetchInto(ref into));
            Assert.Throws<SharedRangeException>(() => here.TryFetch(out _));
            Assert.True(Peer.CanLock(Name()));
            original[key] = value is long ? 0L : (object)0.0;
        }

        Peer.Assign("there", original);
        Assert.Equal(0, here.Fetch().Int);
        Close("there");
    }

    [Fact]
    public void Float64_numbers_that_a_Vector3_can_not_hold_are_refused_and_infinities_are_not()
    {
        using SharedObject<Spatial> here = Spatial.Create(Name(), default);
        Peer.Open("there", Name());
        var dict = (SharedDict)Peer.Fetch("there")!;
        dict["vector64"] = NDArray.Create<double>([0, 1e39, 0], 3);
        Peer.Assign("there", dict);
        Assert.Contains(" Vector64 ", Assert.Throws<SharedRangeException>(() => here.Fetch()).Message, StringComparison.Ordinal);
        dict["vector64"] = NDArray.Create<double>([0.1, double.PositiveInfinity, double.NaN], 3);
        Peer.Assign("there", dict);
        Vector3 vector = here.Fetch().Vector64;
        Assert.Equal(0.1f, vector.X);
        Assert.True(float.IsPositiveInfinity(vector.Y));
        Assert.True(float.IsNaN(vector.Z));
        Close("there");
    }

    [Fact]
    public void Numbers_that_are_no_int_of_64_bits_are_not_written()
    {
        using SharedObject<Scalars> here = Scalars.Create(Name(), default);
        AssertRefused(here, default(Scalars) with { ULong = ulong.MaxValue }, "ULong", "18446744073709551615");
        AssertRefused(here, default(Scalars) with { Wide = WideMode.TooHigh }, "Wide", "9223372036854775808");
        AssertNotMade<Scalars>(() => Scalars.Create(Name("other"), new Scalars { ULong = 1UL << 63 }), "ULong");
    }

    [Fact]
    public void Texts_and_bytes_that_do_not_fit_are_not_written()
    {
        var good = new Texts("a", "b", [1], [2], [3], [4]);
        using SharedObject<Texts> here = Texts.Create(Name(), good);
        AssertRefused(here, good with { Plain = new string('x', 101) }, "Plain", "at most 100", "101");
        AssertRefused(here, good with { Plain = new string('ä', 51) }, "Plain", "at most 100", "102");
        AssertRefused(here, good with { Short = "01234567890" }, "Short", "at most 10", "11");
        AssertRefused(here, good with { Bytes = new byte[101] }, "Bytes", "at most 100", "101");
        AssertRefused(here, good with { Array = new byte[101] }, "Array", "at most 100", "101");
        AssertRefused(here, good with { ShortBytes = new byte[4] }, "ShortBytes", "at most 3", "4");
        AssertRefused(here, good with { ShortArray = new byte[5] }, "ShortArray", "at most 4", "5");
        AssertRefused(here, good with { Plain = null! }, "Plain", "null");
        AssertRefused(here, good with { Bytes = null! }, "Bytes", "null");
        AssertRefused(here, good with { ShortArray = null! }, "ShortArray", "null");
        AssertRefused(here, good with { Short = "a\ud800" }, "Short", "surrogate");
        AssertRefused(here, good with { Plain = "\udc00\ud800" }, "Plain", "surrogate");
        AssertNotMade<Texts>(() => Texts.Create(Name("other"), good with { Short = null! }), "Short");
        AssertNotMade<Texts>(() => Texts.Publish(Name("other"), good with { Short = "\ud800" }), "Short");
    }

    [Fact]
    public void Arrays_of_other_shapes_and_null_are_not_written()
    {
        using SharedObject<Shapes> here = Shapes.Create(Name(), new Shapes());
        AssertRefused(here, new Shapes { Flat = new float[5] }, "Flat", "6", "5");
        AssertRefused(here, new Shapes { Flat = null! }, "Flat", "6", "null");
        AssertRefused(here, new Shapes { FlatOfRank4 = [] }, "FlatOfRank4", "6", "0");
        AssertRefused(here, new Shapes { Rank2 = new ushort[3, 2] }, "Rank2", "(2, 3)", "(3, 2)");
        AssertRefused(here, new Shapes { Rank2 = null! }, "Rank2", "(2, 3)", "null");
        AssertRefused(here, new Shapes { Rank3 = new byte[2, 1, 3] }, "Rank3", "(1, 2, 3)", "(2, 1, 3)");
        AssertRefused(here, new Shapes { Rank3 = null! }, "Rank3", "(1, 2, 3)", "null");
        AssertRefused(here, new Shapes { Tensor = Tensor.Create(new double[4], [4]) }, "Tensor", "(2, 2)", "(4,)");
        AssertRefused(here, new Shapes { Tensor = Tensor.Create(new double[4], [1, 4]) }, "Tensor", "(2, 2)", "(1, 4)");
        AssertRefused(here, new Shapes { Tensor = null! }, "Tensor", "(2, 2)", "null");
        AssertRefused(here, new Shapes { Mask = new bool[2, 3] }, "Mask", "(2, 2)", "(2, 3)");

        using SharedObject<Large> large = Large.Create(Name("large"), new Large());
        AssertRefused(large, new Large { Grid = new int[30, 20] }, "Grid", "(20, 30)", "(30, 20)");
        AssertRefused(large, new Large { Values = new double[1001] }, "Values", "1000", "1001");
        AssertNotMade<ArmState>(() => ArmState.Create(Name("other"), default), "Qpos");
    }

    [Fact]
    public void What_is_wrong_in_a_nested_schema_is_not_written()
    {
        var good = new Outer(1, new Inner("a", default, [1, 2, 3]), default, default, [1, 2]);
        using SharedObject<Outer> here = Outer.Create(Name(), good);
        AssertRefused(here, good with { Inner = good.Inner with { Counts = [1] } }, "Counts", "3", "1");
        AssertRefused(here, good with { Inner = good.Inner with { Name = "\ud800" } }, "Name", "surrogate");
        AssertRefused(here, good with { Inner = good.Inner with { Name = null! } }, "Name", "null");
        byte[] before = ObjectBytes.Of(here);
        foreach (Outer? bad in new[] { good with { Inner = null! }, null })
        {
            Exception e = Assert.ThrowsAny<Exception>(() => here.Assign(bad!));
            Assert.True(e is SharedValueException or ArgumentNullException, $"{e}");
        }

        Assert.Equal(before, ObjectBytes.Of(here));
        Assert.Equal(good, here.Fetch());
    }

    [Fact]
    public void Other_keys_of_the_same_sizes_are_noticed_and_named()
    {
        using SharedObject<Strict> here = Strict.Create(Name(), Good);
        Peer.Open("there", Name());
        SharedDict right = Dict("count", "values", "text");
        Peer.Assign("there", right);
        Assert.Equal(Good, here.Fetch());

        Peer.Assign("there", Dict("count", "valuez", "text"));
        for (int i = 0; i < 2; i++) // not only the first time
        {
            SharedSchemaException e = Assert.Throws<SharedSchemaException>(() => here.Fetch());
            Assert.Equal(Name(), e.ObjectName);
            Assert.Contains("'values'", e.Message, StringComparison.Ordinal);
            Assert.Contains("'valuez'", e.Message, StringComparison.Ordinal);
        }

        Strict into = Good;
        Assert.Throws<SharedSchemaException>(() => here.FetchInto(ref into));
        Assert.Throws<SharedSchemaException>(() => here.TryFetch(out _));
        using SharedObject<object?> any = SharedObject.OpenAny(Name());
        Assert.Equal(["count", "valuez", "text"], ((SharedDict)any.Fetch()!).Keys);
        Assert.Contains(
            "'valuez'", Assert.Throws<SharedSchemaException>(() => Strict.Open(Name())).Message, StringComparison.Ordinal);

        Peer.Assign("there", right);
        Assert.Equal(Good, here.Fetch());

        Peer.Assign("there", Dict("count", "values", "other"));
        Assert.Throws<SharedSchemaException>(() => here.Fetch());
        here.Assign(Good); // puts its own keys back
        Assert.Equal(Good, here.Fetch());
        AssertSame(right, Peer.Fetch("there"));
        Close("there");

        static SharedDict Dict(string count, string values, string text) => new()
        {
            { count, Good.Count },
            { values, NDArray.Create<double>(Good.Values, 2) },
            { text, Good.Text },
        };
    }

    [Fact]
    public void Two_members_of_one_layout_that_changed_places_are_not_confused()
    {
        using SharedObject<Point> here = Point.Create(Name(), new Point(1, 2));
        Peer.Open("there", Name());
        Peer.Assign("there", new SharedDict { { "y", 2.0 }, { "x", 1.0 } });
        SharedSchemaException e = Assert.Throws<SharedSchemaException>(() => here.Fetch());
        Assert.Contains("'x'", e.Message, StringComparison.Ordinal);
        Assert.Contains("'y'", e.Message, StringComparison.Ordinal);
        Close("there");
    }

    [Fact]
    public void Other_keys_in_a_nested_dict_are_noticed_too()
    {
        var good = new Outer(1, new Inner("a", default, [1, 2, 3]), default, default, [1, 2]);
        using SharedObject<Outer> here = Outer.Create(Name(), good);
        Peer.Open("there", Name());
        var dict = (SharedDict)Peer.Fetch("there")!;
        dict["point"] = new SharedDict { { "x", 0.0 }, { "z", 0.0 } };
        Peer.Assign("there", dict);
        SharedSchemaException e = Assert.Throws<SharedSchemaException>(() => here.Fetch());
        Assert.Contains("'point'", e.Message, StringComparison.Ordinal);
        Assert.Contains("'y'", e.Message, StringComparison.Ordinal);
        Assert.Contains("'z'", e.Message, StringComparison.Ordinal);
        Close("there");
    }

    [Fact]
    public void An_object_of_another_layout_is_refused_when_it_is_opened_and_says_where()
    {
        NDArray values = NDArray.Create<double>([1, 2], 2);
        AssertMismatch(values, "expected dict", "found ndarray float64 (2,)");
        AssertMismatch(Dict(1.0, values, "t"), "'count'", "expected int, found float");
        AssertMismatch(Dict(1L, NDArray.Create<double>([1, 2, 3], 3), "t"), "'values'", "float64 (2,)", "float64 (3,)");
        AssertMismatch(Dict(1L, NDArray.Create<double>([1, 2], 2, 1), "t"), "'values'", "float64 (2,)", "float64 (2, 1)");
        AssertMismatch(Dict(1L, NDArray.Create<float>([1, 2], 2), "t"), "'values'", "float64 (2,)", "float32 (2,)");
        AssertMismatch(Dict(1L, values, new string('x', 60)), "'text'", "up to 100 bytes", "up to 120 bytes");
        AssertMismatch(Dict(1L, values, "t"u8.ToArray()), "'text'", "expected str", "found bytes");
        AssertMismatch(new SharedDict { { "count", 1L }, { "values", values } }, "expected 3 items, found 2", "missing: 'text'");
        SharedDict extra = Dict(1L, values, "t");
        extra.Add("more", null);
        AssertMismatch(extra, "expected 3 items, found 4", "not expected: 'more'");
        AssertMismatch(new SharedDict { { "values", values }, { "count", 1L }, { "text", "t" } }, "item 0", "'count'", "'values'");
        AssertMismatch(new SharedDict(), "expected 3 items, found 0", "'count', 'values', 'text'");

        Peer.Open("right", Name("right"), Dict(1L, values, "text"));
        using SharedObject<Strict> right = Strict.Open(Name("right"));
        Assert.Equal(Good, right.Fetch());
        Close("right");

        static SharedDict Dict(object? count, object? values, object? text) => new() { { "count", count }, { "values", values }, { "text", text } };
    }

    [Fact]
    public void Keys_of_another_init_size_are_a_mismatch_that_says_so()
    {
        Peer.Open("there", Name(), new SharedDict { { "x", 1.0 }, { "y", 2.0 } }, initSize: 20);
        SharedSchemaException e = Assert.Throws<SharedSchemaException>(() => Point.Open(Name()));
        Assert.Contains("capacity 100", e.Message, StringComparison.Ordinal);
        Assert.Contains("capacity 20", e.Message, StringComparison.Ordinal);
        Close("there");
    }

    [Fact]
    public void Text_of_Pythons_that_is_not_UTF_8_is_named_with_its_member()
    {
        using SharedObject<Strict> here = Strict.Create(Name(), Good);
        byte[] bytes = ObjectBytes.Of(here);
        bytes[^101] = 0xFF; // the text is the last thing in the object
        Segments.Write(Name("copy"), bytes);
        using SharedObject<Strict> copy = Strict.Open(Name("copy"));
        SharedFormatException e = Assert.Throws<SharedFormatException>(() => copy.Fetch());
        Assert.Equal(Name("copy"), e.ObjectName);
        Assert.Contains(" Text ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bool_of_Pythons_that_is_neither_0_nor_1_is_true()
    {
        using SharedObject<Gripper> here = Gripper.CreateShared(Name(), default);
        byte[] bytes = ObjectBytes.Of(here);
        bytes[17 + 110 + 1] = 2;
        Segments.Write(Name("copy"), bytes);
        using SharedObject<Gripper> copy = Gripper.OpenShared(Name("copy"));
        Gripper fetched = copy.Fetch();
        Assert.True(fetched.Open);
        Assert.Equal(new Gripper(true, 0, 0), fetched);
        bool open = fetched.Open;
        Assert.Equal(1, System.Runtime.CompilerServices.Unsafe.As<bool, byte>(ref open));
    }

    private void AssertMismatch(object value, params string[] parts)
    {
        Peer.Open("there", Name("mismatch"), value);
        foreach (Action open in new Action[]
        {
            () => Strict.Open(Name("mismatch")).Dispose(),
            () => Strict.OpenOrCreate(Name("mismatch")).Dispose(),
            () => Strict.Publish(Name("mismatch"), Good).Dispose(),
        })
        {
            SharedSchemaException e = Assert.Throws<SharedSchemaException>(open);
            Assert.Equal(Name("mismatch"), e.ObjectName);
            Assert.Contains(nameof(Strict), e.Message, StringComparison.Ordinal);
            Assert.All(parts, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
        }

        AssertSame(value, Peer.Fetch("there"));
        Peer.Run("unlink", ("handle", "there"));
        Close("there");
    }

    private static void AssertRefused<T>(SharedObject<T> handle, T value, string member, params string[] parts)
    {
        byte[] before = ObjectBytes.Of(handle);
        foreach (Action assign in new Action[] { () => handle.Assign(value), () => handle.TryAssign(value) })
        {
            SharedValueException e = Assert.Throws<SharedValueException>(assign);
            Assert.Equal(handle.Name, e.ObjectName);
            Assert.Contains(handle.Name, e.Message, StringComparison.Ordinal);
            Assert.Contains(member, e.Message, StringComparison.Ordinal);
            Assert.All(parts, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
        }

        Assert.Equal(before, ObjectBytes.Of(handle));
        Assert.False(handle.Modified);
    }

    private void AssertNotMade<T>(Func<SharedObject<T>> make, string member)
    {
        SharedValueException e = Assert.Throws<SharedValueException>(() => make().Dispose());
        Assert.Equal(Name("other"), e.ObjectName);
        Assert.Contains(member, e.Message, StringComparison.Ordinal);
        Assert.False(SharedObject.Exists(Name("other")));
    }
}
