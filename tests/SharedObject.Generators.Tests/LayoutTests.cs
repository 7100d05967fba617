using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using SharedObjects.Generators.Helpers;
using SharedObjects.Generators.Layout;
using SharedObjects.Generators.Model;
using Xunit;

namespace SharedObjects.Generators.Tests;

/// <summary>Offsets and sizes against docs/wire-format.md, worked out by hand.</summary>
public class LayoutTests
{
    private static readonly ValueModel Int = new IntValue("long", "long");

    [Theory]
    [InlineData(WireScalar.Bool, 10)]
    [InlineData(WireScalar.Int, 17)]
    [InlineData(WireScalar.Float, 17)]
    [InlineData(WireScalar.Complex, 25)]
    [InlineData(WireScalar.Pose, 37)]
    internal void Scalar_objects_have_the_sizes_of_the_table(WireScalar scalar, long size) =>
        Assert.Equal(size, LayoutCalculator.BufferSizeOf(new ScalarWire(scalar)));

    [Fact]
    public void The_documentation_of_views_knows_which_objects_are_copied() => Assert.Equal(
        WireConstants.CopiedSize,
        typeof(SharedObject<>).GetField("StackLimit", BindingFlags.NonPublic | BindingFlags.Static)!.GetRawConstantValue());

    [Fact]
    public void A_text_object_takes_D_plus_17() =>
        Assert.Equal(101 + 17, LayoutCalculator.BufferSizeOf(new TextWire(WireText.Str, 100)));

    [Theory]
    [InlineData(0, 100, 100)]
    [InlineData(49, 100, 100)]
    [InlineData(50, 100, 100)] // 2n = init_size: D = 2n + 1, the same
    [InlineData(51, 100, 102)]
    [InlineData(3, 4, 6)]
    public void Capacities_follow_Pythons_rule(int length, int initSize, long capacity) =>
        Assert.Equal(capacity, TextWire.CapacityFor(length, initSize));

    [Fact]
    public void An_array_object_takes_nbytes_plus_8_ndim_plus_18()
    {
        ArrayWire image = Array(ElementType.UInt8, 480, 848, 3);
        Assert.Equal((480 * 848 * 3) + (8 * 3) + 18, LayoutCalculator.BufferSizeOf(image));
        Assert.Equal(33, image.ElementsOffset);
        Assert.Equal("ndarray uint8 (480, 848, 3)", image.Description);
    }

    [Fact]
    public void Elements_have_their_sizes()
    {
        ElementType[] all =
        [
            ElementType.Bool, ElementType.Int8, ElementType.UInt8, ElementType.Int16, ElementType.UInt16, ElementType.Int32,
            ElementType.UInt32, ElementType.Int64, ElementType.UInt64, ElementType.Float16, ElementType.Float32,
            ElementType.Float64, ElementType.LongDouble, ElementType.Complex64, ElementType.Complex128, ElementType.LongDoubleComplex,
        ];
        Assert.Equal(
            [1, 1, 1, 2, 2, 4, 4, 8, 8, 2, 4, 8, 16, 8, 16, 32],
            all.Select(element => element.Size));
        // The runtime's own table, for what both must agree on.
        for (int i = 0; i < all.Length; i++)
        {
            Assert.Equal(all[i].Name, ((Wire.DType)i).ToString());
            Assert.Equal(all[i].Size, Wire.DTypes.SizeOf((Wire.DType)i));
            Assert.Equal(all[i].NumpyName, Wire.DTypes.NameOf((Wire.DType)i));
        }
    }

    [Fact]
    public void A_dict_has_its_items_one_after_the_other()
    {
        // Header 9, L 8; then for each item: tag 1, D 8, key 101, tag 1, value.
        SchemaLayout layout = Layout(100, Member("a", Int), Member("b", new BoolValue()), Member("c", Value(Array(ElementType.Float64, 7))));
        Assert.Equal(
            [
                new MemberPlace(17 + 111, 17 + 111, 8),
                new MemberPlace(136 + 111, 136 + 111, 1),
                new MemberPlace(248 + 111, 248 + 111 + 17, 17 + 56),
            ],
            layout.Places);
        Assert.Equal(359 + 73, layout.BufferSize);
    }

    [Fact]
    public void InitSize_sets_the_keys_capacities()
    {
        // "abcdef": 12 > 10, so D = 13; "b": D = 11.
        SchemaLayout layout = Layout(10, Member("abcdef", Int), Member("b", Int));
        Assert.Equal(17 + 1 + 8 + 13 + 1, layout.Places[0].DataOffset);
        Assert.Equal(48 + 1 + 8 + 11 + 1, layout.Places[1].DataOffset);
    }

    [Fact]
    public void Keys_are_measured_in_bytes_of_UTF8()
    {
        SchemaLayout layout = Layout(1, Member("é", Int)); // two bytes: D = 5
        Assert.Equal(17 + 1 + 8 + 5 + 1, layout.Places[0].DataOffset);
    }

    [Fact]
    public void A_nested_dict_counts_as_a_value()
    {
        WireType inner = LayoutCalculator.WireTypeOf(SchemaKind.Dict, 100, [Member("x", Int)]);
        Assert.Equal(8 + 111 + 8, inner.DataSize);
        SchemaLayout layout = Layout(
            100,
            Member("inner", new NestedValue(inner, "Inner", IsReferenceType: true, new NestedNames("Codec", "View", "Writer"))),
            Member("after", Int));
        Assert.Equal(128, layout.Places[0].DataOffset);
        Assert.Equal(128 + 127 + 111, layout.Places[1].DataOffset);
    }

    [Fact]
    public void A_bare_value_begins_behind_the_header()
    {
        MemberModel[] members = [Member("pixels", Value(Array(ElementType.UInt16, 2, 3)))];
        SchemaLayout layout = LayoutCalculator.Compute(Schema(SchemaKind.Value, 100, members));
        Assert.Equal(new MemberPlace(9, 9 + 9 + 16, 25 + 12), layout.Places[0]);
        Assert.Equal(46, layout.BufferSize);
    }

    [Fact]
    public void A_length_that_varies_is_an_item_behind_the_array()
    {
        MemberModel points = new("Points", "p", new ArrayValue(Array(ElementType.Float32, 10, 3), ArrayForm.Rank2, IsVarying: true), MayBeNull: false);
        SchemaLayout layout = Layout(100, points, Member("b", Int));
        // The array takes 25 + 120 bytes, its length ("p_len") a tag, D, 101, a tag and 8.
        int length = 128 + 145 + 111;
        Assert.Equal([new MemberPlace(128, 128 + 25, 145, length), new MemberPlace(length + 8 + 111, length + 8 + 111, 8)], layout.Places);
        MemberModel[] plain = [Member("p", Value(Array(ElementType.Float32, 10, 3))), Member("p_len", Int), Member("b", Int)];
        Assert.Equal(Layout(100, plain).Hash, layout.Hash);
        Assert.Equal(Layout(100, plain).BufferSize, layout.BufferSize);
    }

    [Fact]
    public void Sequences_have_a_head_and_a_tag_for_each_slot()
    {
        WireType text = new TextWire(WireText.Str, 5), number = new ScalarWire(WireScalar.Float);
        var tuple = new TupleWire(new[] { text, number }.ToImmutableEquatableArray());
        Assert.Equal(16 + 1 + 14 + 1 + 8, tuple.DataSize);
        Assert.Equal([17, 32], tuple.Offsets());
        Assert.Equal("(str(5),float)", tuple.Canonical);
        var list = new ListWire(IsSet: false, tuple, 3);
        Assert.Equal(41, list.SlotSize);
        Assert.Equal(16 + (3 * 41), list.DataSize);
        Assert.Equal("list(3)[(str(5),float)]", list.Canonical);
        Assert.Equal("list of up to 3 x tuple (str of up to 5 bytes, float)", list.Description);
        Assert.Equal("set(4)[float]", new ListWire(IsSet: true, number, 4).Canonical);
        Assert.True(new ListWire(IsSet: false, list, int.MaxValue).DataSize > WireConstants.MaxBufferSize); // and not wrapped around
    }

    private static MemberModel Member(string key, ValueModel value) => new(key, key, value, MayBeNull: false);

    private static ArrayWire Array(ElementType element, params int[] shape) => new(element, shape.ToImmutableEquatableArray());

    private static ArrayValue Value(ArrayWire array) => new(array, ArrayForm.Flat);

    private static SchemaLayout Layout(int initSize, params MemberModel[] members) =>
        LayoutCalculator.Compute(Schema(SchemaKind.Dict, initSize, members));

    private static SchemaModel Schema(SchemaKind kind, int initSize, IReadOnlyList<MemberModel> members) => new(
        new TypeModel(null, ImmutableEquatableArray<TypeDeclarationModel>.Empty, new TypeDeclarationModel("record", "T"), "global::T", "T", true, TypeReach.Everywhere),
        "t",
        kind,
        initSize,
        members.ToImmutableEquatableArray(),
        LayoutCalculator.WireTypeOf(kind, initSize, members),
        new ConstructionModel(ImmutableEquatableArray<int>.Empty, ImmutableEquatableArray<int>.Empty, InPlace: false, IsPlain: false),
        new GeneratedNames("Codec", "DefaultName", "Layout", "Open", "OpenAsync", "OpenOrCreate", "Create", "Publish", "View", "Writer", "Fetch", "Update", "TCodec"),
        Equality: null);
}
