using System;
using System.Linq;
using System.Numerics;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;
using SharedObjects.Wire;

namespace SharedObjects.Tests.Wire;

/// <summary>Sizes and offsets, computed by hand from the description of the format.</summary>
public sealed class LayoutTests : SegmentTest
{
    [Fact]
    public void Sizes_of_objects_are_those_of_the_table()
    {
        Assert.Equal(9, Size(ValueLayout.None));
        Assert.Equal(10, Size(ValueLayout.Bool));
        Assert.Equal(17, Size(ValueLayout.Int));
        Assert.Equal(17, Size(ValueLayout.Float));
        Assert.Equal(25, Size(ValueLayout.Complex));
        Assert.Equal(37, Size(ValueLayout.Pose));
        Assert.Equal(101 + 17, Size(ValueLayout.Str(100)));
        Assert.Equal(1 + 17, Size(ValueLayout.Bytes(0)));
        Assert.Equal(6 + 17, Size(ValueLayout.ByteArray(5)));
        Assert.Equal(1 + 18, Size(ValueLayout.Array(DType.UInt8)));
        Assert.Equal((7 * 8) + 8 + 18, Size(ValueLayout.Array(DType.Float64, 7)));
        Assert.Equal((480 * 848 * 3) + 24 + 18, Size(ValueLayout.Array(DType.UInt8, 480, 848, 3)));
        Assert.Equal(16 + 18, Size(ValueLayout.Array(DType.Float64, 3, 0)));
        Assert.Equal((2 * 32) + 8 + 18, Size(ValueLayout.Array(DType.LongDoubleComplex, 2)));
        Assert.Equal(17, Size(ValueLayout.Dict()));
        Assert.Equal(17 + (1 + 8 + 101) + (1 + 8), Size(ValueLayout.Dict(DictItem.Of("a", ValueLayout.Int))));
        Assert.Equal(17 + (1 + 8 + 103) + 1, Size(ValueLayout.Dict(DictItem.Of(new string('k', 51), ValueLayout.None))));
        Assert.Equal(17 + (1 + 8 + 3) + (1 + 1), Size(ValueLayout.Dict(DictItem.Of("k", ValueLayout.Bool, initSize: 1))));

        // A nested dict is its tag, its L and its items.
        DictItem inner = DictItem.Of("b", ValueLayout.Dict(DictItem.Of("c", ValueLayout.Pose)));
        Assert.Equal(17 + 110 + (1 + 8 + (110 + (1 + 28))), Size(ValueLayout.Dict(inner)));

        static int Size(ValueLayout value) => new ObjectLayout(value).BufferSize;
    }

    [Fact]
    public void Every_byte_of_a_dict_is_where_the_format_says()
    {
        var dict = new SharedDict { { "ab", 0x0102030405060708L }, { true, NDArray.Create<short>([1, -1], 2) }, { null, new ByteArray([9]) } };
        using SharedObject<object?> handle = SharedObject.Create<object?>(Name(), dict, new SharedObjectOptions { InitSize = 4 });
        byte[] expected =
        [
            10, 62, 0, 0, 0, 0, 0, 0, 0,
            6, 5, 0, 0, 0, 0, 0, 0, 0, (byte)'a', (byte)'b', 0xFF, 0, 0,
            2, 8, 7, 6, 5, 4, 3, 2, 1,
            1, 1,
            9, 3, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0xFF, 0xFF,
            0,
            8, 5, 0, 0, 0, 0, 0, 0, 0, 9, 0xFF, 0, 0, 0,
        ];
        Assert.Equal(expected.Length - 9, expected[1]); // the sum was done by hand
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(ObjectBytes.Of(handle).AsSpan(8)));
    }

    [Fact]
    public void A_pose_is_xyz_and_then_the_quaternion_with_its_scalar_first()
    {
        using SharedObject<Pose> handle = SharedObject.Create(Name(), new Pose(new Vector3(1, 2, 3), new Quaternion(5, 6, 7, 4)));
        float[] numbers = [.. Enumerable.Range(0, 7).Select(i => BitConverter.ToSingle(ObjectBytes.Of(handle), 9 + (4 * i)))];
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], numbers);
    }

    [Fact]
    public void Fixed_parts_are_tags_keys_and_metadata_and_nothing_else()
    {
        AssertFixed(ValueLayout.None, "F");
        AssertFixed(ValueLayout.Bool, "F.");
        AssertFixed(ValueLayout.Pose, "F" + new string('.', 28));
        AssertFixed(ValueLayout.Str(3), "F" + "FFFFFFFF" + "....");
        AssertFixed(ValueLayout.Array(DType.Int16), "F" + "F" + "FFFFFFFF" + "..");
        AssertFixed(ValueLayout.Array(DType.UInt8, 2, 1), "F" + "F" + "FFFFFFFF" + new string('F', 16) + "..");
        AssertFixed(ValueLayout.Array(DType.Float64, 0), "F" + "F" + "FFFFFFFF" + "FFFFFFFF");
        string key = "F" + "FFFFFFFF" + "FFF"; // the tag, D, and the key's own D bytes
        AssertFixed(
            ValueLayout.Dict(
                DictItem.Of("a", ValueLayout.Int, 2),
                DictItem.Of("b", ValueLayout.None, 2),
                DictItem.Of("c", ValueLayout.Dict(DictItem.Of("d", ValueLayout.Bytes(1), 2)), 2)),
            "F" + "FFFFFFFF" + key + "F" + "........" + key + "F" + key + "F" + "FFFFFFFF" + key + "F" + "FFFFFFFF" + "..");
    }

    [Fact]
    public void An_object_that_was_never_assigned_holds_empty_texts_and_the_identity_pose()
    {
        var layout = new ObjectLayout(ValueLayout.Dict(
            DictItem.Of("text", ValueLayout.Str(5)),
            DictItem.Of("pose", ValueLayout.Pose),
            DictItem.Of("array", ValueLayout.Array(DType.Float32, 2)),
            DictItem.Of("inner", ValueLayout.Dict(DictItem.Of("bytes", ValueLayout.Bytes(3))))));
        byte[] bytes = new byte[layout.BufferSize];
        layout.WriteInitial(bytes);
        Assert.Equal(0UL, BitConverter.ToUInt64(bytes));
        var expected = new SharedDict
        {
            { "text", "" },
            { "pose", Pose.Identity },
            { "array", NDArray.Create<float>([0, 0], 2) },
            { "inner", new SharedDict { { "bytes", Array.Empty<byte>() } } },
        };
        Assert.True(JsonForm.SameBits(expected, UntypedValue.Read(layout.Value, bytes.AsSpan(9), new CodecContext("x", layout))));
        Assert.NotNull(LayoutParser.Parse(bytes, out _));
    }

    [Theory]
    [InlineData(0, 100, 100)]
    [InlineData(1, 100, 100)]
    [InlineData(49, 100, 100)]
    [InlineData(50, 100, 100)] // 2n = 100: D is 2n + 1 = 101 by either branch
    [InlineData(51, 100, 102)]
    [InlineData(1000, 100, 2000)]
    [InlineData(0, 1, 1)]
    [InlineData(1, 1, 2)]
    [InlineData(3, 7, 7)]
    [InlineData(4, 7, 8)]
    [InlineData(1_073_741_823, 100, 2_147_483_646)]
    public void The_capacity_of_a_new_text_is_twice_its_payload_but_at_least_init_size(int length, int initSize, int capacity) =>
        Assert.Equal(capacity, BytesArea.CapacityFor(length, initSize));

    [Fact]
    public void A_payload_whose_double_does_not_fit_an_int_is_refused() =>
        Assert.Throws<OverflowException>(() => BytesArea.CapacityFor(1_073_741_824, 100));

    [Fact]
    public void A_new_object_has_the_capacity_of_the_rule_and_takes_all_of_it()
    {
        using SharedObject<string> fifty = SharedObject.Create(Name("50"), new string('x', 50));
        Assert.Equal(118, fifty.Layout.BufferSize);
        fifty.Assign(new string('y', 100));
        Assert.Equal(new string('y', 100), fifty.Fetch());
        Assert.Contains(
            "at most 100", Assert.Throws<SharedValueException>(() => fifty.Assign(new string('z', 101))).Message, StringComparison.Ordinal);
        Assert.Throws<SharedValueException>(() => fifty.Assign(new string('ä', 51))); // 102 bytes
        Assert.Equal(new string('y', 100), fifty.Fetch());

        using SharedObject<string> more = SharedObject.Create(Name("51"), new string('x', 51));
        Assert.Equal(103 + 17, more.Layout.BufferSize);
        using SharedObject<byte[]> small = SharedObject.Create(Name("5"), new byte[2], new SharedObjectOptions { InitSize = 5 });
        Assert.Equal(6 + 17, small.Layout.BufferSize);
    }

    [Theory]
    [InlineData(new byte[] { }, new byte[] { })]
    [InlineData(new byte[] { 0, 0 }, new byte[] { })]
    [InlineData(new byte[] { 0xFF, 0, 0 }, new byte[] { })]
    [InlineData(new byte[] { 1, 0, 0xFF, 0 }, new byte[] { 1, 0 })]
    [InlineData(new byte[] { 0, 0, 0xFF }, new byte[] { 0, 0 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0 }, new byte[] { 0xFF })]
    [InlineData(new byte[] { 1, 2, 3 }, new byte[] { 1, 2 })]
    public void A_payload_is_what_is_left_without_the_zeros_and_the_byte_before_them(byte[] area, byte[] payload) =>
        Assert.Equal(payload, BytesArea.Payload(area).ToArray());

    [Fact]
    public void Shorter_payloads_leave_nothing_of_longer_ones()
    {
        byte[] area = new byte[8 + 6];
        BytesArea.Write(area, [1, 2, 3, 4, 5]);
        Assert.Equal([6, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 0xFF], area);
        BytesArea.Write(area, [9]);
        Assert.Equal([6, 0, 0, 0, 0, 0, 0, 0, 9, 0xFF, 0, 0, 0, 0], area);
    }

    [Fact]
    public void Objects_on_both_sides_of_what_the_stack_takes_are_read_and_written()
    {
        foreach (int size in new[] { 4095, 4096, 4097, 5000 })
        {
            int capacity = size - 18;
            using SharedObject<string> text = SharedObject.Create(Name($"t{size}"), "", new SharedObjectOptions { InitSize = capacity });
            Assert.Equal(size, text.Layout.BufferSize);
            string full = string.Concat(Enumerable.Range(0, capacity).Select(i => (char)('a' + (i % 26))));
            text.Assign(full);
            Assert.Equal(full, text.Fetch());
            text.Assign("x");
            Assert.Equal("x", text.Fetch());

            using SharedObject<NDArray> array = SharedObject.Create(Name($"a{size}"), NDArray.Create<byte>(new byte[size - 26], size - 26));
            Assert.Equal(size, array.Layout.BufferSize);
            byte[] elements = [.. Enumerable.Range(0, size - 26).Select(i => (byte)i)];
            array.Assign(NDArray.Create<byte>(elements, size - 26));
            Assert.Equal(elements, array.Fetch().Bytes.ToArray());
        }
    }

    [Fact]
    public void The_table_of_element_types_is_the_one_of_the_format()
    {
        (string Name, int Size)[] table =
        [
            ("bool", 1), ("int8", 1), ("uint8", 1), ("int16", 2), ("uint16", 2), ("int32", 4), ("uint32", 4), ("int64", 8), ("uint64", 8),
            ("float16", 2), ("float32", 4), ("float64", 8), ("float128", 16), ("complex64", 8), ("complex128", 16), ("complex256", 32),
        ];
        Assert.Equal(table.Length, DTypes.Count);
        foreach ((int index, (string name, int size)) in table.Index())
        {
            var dtype = (DType)index;
            Assert.Equal(name, DTypes.NameOf(dtype));
            Assert.Equal(size, DTypes.SizeOf(dtype));
            Assert.True(DTypes.TryParse(name, out DType parsed));
            Assert.Equal(dtype, parsed);
            Assert.Equal(dtype, DTypes.Find(DTypes.TypeOf(dtype)));
        }

        Assert.False(DTypes.TryParse("float80", out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => DTypes.SizeOf((DType)16));
        Assert.False(DTypes.IsElement<decimal>());
        Assert.Throws<NotSupportedException>(() => DTypes.Of<char>());
    }

    [Fact]
    public void Layouts_too_large_for_an_object_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ValueLayout.Array(DType.UInt8, 65536, 65536));
        Assert.Throws<ArgumentOutOfRangeException>(() => ValueLayout.Array(DType.UInt8, int.MaxValue, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ValueLayout.Array(DType.UInt8, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ValueLayout.Str(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ValueLayout.Str(int.MaxValue));
        ValueLayout half = ValueLayout.Array(DType.UInt8, 1 << 30);
        Assert.Throws<ArgumentOutOfRangeException>(() => ValueLayout.Dict(DictItem.Of("a", half), DictItem.Of("b", half)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ObjectLayout(ValueLayout.Array(DType.UInt8, ObjectLayout.MaxBufferSize - 17)));
    }

    /// <summary><paramref name="map"/> has an F for each fixed byte from the tag on, and a dot for each of the value's.</summary>
    private static void AssertFixed(ValueLayout value, string map)
    {
        var layout = new ObjectLayout(value);
        Assert.Equal(8 + map.Length, layout.BufferSize);
        byte[] bytes = new byte[layout.BufferSize];
        Array.Fill(bytes, (byte)0xA5); // none of the fixed bytes here
        layout.FixedParts.CopyTo(bytes);
        Assert.Equal(map, string.Concat(bytes.Skip(8).Select(item => item == 0xA5 ? '.' : 'F')));
        Assert.True(bytes.Take(8).All(item => item == 0xA5));
        Assert.True(layout.FixedParts.Match(bytes));
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 0x40;
            Assert.Equal(i < 8 || map[i - 8] == '.', layout.FixedParts.Match(bytes));
            bytes[i] ^= 0x40;
        }
    }
}
