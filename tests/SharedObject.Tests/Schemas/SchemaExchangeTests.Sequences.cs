using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using CsCheck;
using SharedObjects.Tests.Interop;

namespace SharedObjects.Tests.Schemas;

/// <content>Lists, sets and tuples.</content>
public sealed partial class SchemaExchangeTests
{
    private const int RandomCases = 150;

    private static readonly Gen<string> s_text = Gen.String[Gen.Char[' ', '~'], 0, 50];

    private static readonly Gen<Point> s_point = Gen.Select(Gen.Double, Gen.Double, (x, y) => new Point(x, y));

    private static readonly Gen<byte[]> s_blob = Gen.Byte.Array[0, 20];

    private static readonly Gen<Sequences> s_sequences = Gen.Select(
        Gen.Select(s_text, Gen.Double).List[0, 3],
        Gen.Long.HashSet[0, 2],
        s_text.HashSet[0, 2],
        s_point.List[0, 2],
        Gen.Select(s_text, s_point, Gen.Int.Array[3], (name, where, counts) => new Inner(name, where, counts)).List[0, 2],
        s_blob.List[0, 2],
        Gen.UInt.List[0, 3],
        Gen.Select(Gen.Select(Gen.Int, Gen.Int, Gen.Int, (x, y, z) => new Vector3(x, y, z)), s_text, s_point, s_blob),
        (labels, ids, names, points, inners, blobs, numbers, last) => new Sequences(
            labels, ids, names, points, inners, blobs, numbers, [last.Item1], [new Celsius(last.Item3.X)], (7, last.Item1, last.Item2, (SmallMode.Last, last.Item3, last.Item4)), true));

    [Fact]
    public void Lists_sets_and_tuples() => Exchange(Sequences.Codec, Full(), Sparse(), Untyped);

    [Fact]
    public void An_empty_list_can_be_filled_by_either_side() => Exchange(Sequences.Codec, Empty(), Full(), Untyped, pythonMakes: false);

    [Fact]
    public void A_bare_list() => Exchange(
        BareList.Codec, new BareList { Items = [1, 2, 3] }, new BareList { Items = [-1] }, list => SharedList.From(list.Items.Cast<object?>()));

    [Fact]
    public void A_set_of_tuples() => Exchange(
        Cells.Codec,
        new Cells([(1, ("a", SmallMode.Last)), (-1, ("b", default)), (2, ("", default)), (3, ("c", default))]),
        new Cells([(7, ("longer", default))]),
        cells => SharedSet.From(cells.Taken.Select(cell => (object?)SharedTuple.Create(
            (long)cell.Row, SharedTuple.Create(cell.Item2.Name, (long)cell.Item2.Mode)))));

    [Fact]
    public void Random_lists_sets_and_tuples_cross_in_both_directions()
    {
        using SharedObject<Sequences> here = Sequences.Create(Name(), Full());
        Peer.Open("there", Name());
        Sequences into = Full();
        s_sequences.Sample(
            value =>
            {
                AssertSame(Untyped(value), Untyped(here.Assign(value).Fetch()), "C# to C#");
                AssertSame(Untyped(value), Peer.Fetch("there"), "C# to Python");
                here.Assign(Empty());
                Peer.Assign("there", Untyped(value));
                here.FetchInto(ref into);
                AssertSame(Untyped(value), Untyped(into), "Python to C#");
                Assert.Equal(value with { Last = default }, into with { Last = default });
            },
            iter: RandomCases,
            threads: 1); // there is one Python process
        Close("there");
    }

    [Fact]
    public void What_Python_makes_with_room_a_schema_opens()
    {
        Peer.Run("open_room", ("handle", "there"), ("name", Name()), ("count", 3), ("like", Support.JsonForm.Write(0L)));
        using SharedObject<BareList> here = BareList.Open(Name());
        Assert.Empty(here.Fetch().Items);
        here.Assign(new BareList { Items = [1, 2, 3] });
        AssertSame(SharedList.Create(1L, 2L, 3L), Peer.Fetch("there"));
        Close("there");
    }

    [Fact]
    public void Each_member_of_a_group_may_be_a_sequence()
    {
        var value = new SequenceGroup(["a", "b"], [1, -2], (5, "y"));
        using SequenceGroup.Group here = SequenceGroup.Publish(Name(), value);
        Peer.Open("names", Name() + "_names");
        AssertSame(SharedList.Create("a", "b"), Peer.Fetch("names"));
        Peer.Assign("names", SharedList.Create("c"));
        Assert.Equal(new SequenceGroup(["c"], [-2, 1], (5, "y")), here.Fetch());
        here.FetchInto(ref value);
        Assert.Equal(["c"], value.Names);
        Close("names");
    }

    [Fact]
    public void What_does_not_fit_a_list_or_tuple_changes_nothing()
    {
        using SharedObject<Sequences> here = Sequences.Create(Name(), Full());
        Refused(Full() with { Numbers = [1, 2, 3, 4] }, "Numbers", "at most 3 elements", "found 4");
        Refused(Full() with { Ids = [1, 2, 3] }, "Ids", "at most 2 elements", "found 3");
        Refused(Full() with { Numbers = null! }, "Numbers", "null");
        Refused(Full() with { Labels = [(new string('x', 101), 0)] }, "Labels", "at most 100", "101");
        Refused(Full() with { Labels = [(null!, 0)] }, "Labels", "null");
        Refused(Full() with { Names = [new string('x', 101)] }, "Names", "101");
        Refused(Full() with { Inners = [new Inner("", default, [1, 2])] }, "Inners.Counts", "3 elements");
        Refused(Full() with { Inners = [null!] }, "Inners", "null");
        Refused(Full() with { Last = Full().Last with { Note = "\ud800" } }, "Last", "surrogate");
        Assert.Equal(Full() with { Last = default }, here.Fetch() with { Last = default });

        void Refused(Sequences value, params string[] parts)
        {
            SharedValueException e = Assert.Throws<SharedValueException>(() => here.Assign(value));
            Assert.All(parts, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Elements_out_of_range_are_refused_by_name()
    {
        using SharedObject<Sequences> here = Sequences.Create(Name(), Full());
        using SharedObject<object?> any = SharedObject.OpenAny(Name());
        var value = (SharedDict)any.Fetch()!;
        value["numbers"] = SharedList.Create(1L, -1L);
        any.Assign(value);
        Assert.Contains("Numbers", Assert.Throws<SharedRangeException>(() => here.Fetch()).Message, StringComparison.Ordinal);
        Assert.Contains("Numbers", Assert.Throws<SharedRangeException>(() => here.Fetch(static view => view.Numbers.Count)).Message, StringComparison.Ordinal);
        Assert.Equal(3, here.Fetch(static view => view.Labels.Count));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(1UL << 32)]
    [InlineData(ulong.MaxValue)]
    public void A_count_out_of_range_is_refused_by_name(ulong count)
    {
        using SharedObject<BareList> here = BareList.Create(Name(), new BareList { Items = [1] });
        byte[] bytes = ObjectBytes.Of(here);
        BitConverter.TryWriteBytes(bytes.AsSpan(17), count);
        ObjectBytes.Overwrite(Name(), bytes);
        var kept = new BareList { Items = [5] };
        Assert.Contains("Items", Assert.Throws<SharedRangeException>(() => here.Fetch()).Message, StringComparison.Ordinal);
        Assert.Contains("from 0 to 3", Assert.Throws<SharedRangeException>(() => here.FetchInto(ref kept)).Message, StringComparison.Ordinal);
        Assert.Equal([5], kept.Items);
        Assert.Equal([2], here.Assign(new BareList { Items = [2] }).Fetch().Items);
    }

    [Fact]
    public void A_set_with_an_element_twice_is_refused_by_name()
    {
        using SharedObject<SequenceIds> here = SequenceIds.Create(Name(), new SequenceIds([1, 2]));
        byte[] bytes = ObjectBytes.Of(here);
        bytes.AsSpan(26, 8).CopyTo(bytes.AsSpan(35)); // the first slot into the second
        ObjectBytes.Overwrite(Name(), bytes);
        SharedFormatException e = Assert.Throws<SharedFormatException>(() => here.Fetch());
        Assert.Contains("Ids", e.Message, StringComparison.Ordinal);
        Assert.Contains("twice", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Views_and_writers_have_lists_and_tuples()
    {
        using SharedObject<Sequences> here = Sequences.Create(Name(), Sparse());
        here.Update(static w =>
        {
            w.Numbers = [7, 8];
            w.Ids = [9];
            w.Last = w.Last with { Note = "changed" };
        });
        Sequences found = here.Fetch();
        Assert.Equal(new uint[] { 7, 8 }, found.Numbers);
        Assert.Equal([9], found.Ids);
        Assert.Equal(("changed", SmallMode.Last), here.Fetch(static view => (view.Last.Note, view.Last.More.Mode)));
        Assert.Equal(8u, here.Fetch(static view => view.Numbers[1]));
        Assert.Throws<SharedValueException>(() => here.Update(static w => w.Numbers = [1, 2, 3, 4]));
    }

    [Fact]
    public void The_layout_is_that_of_an_untyped_object()
    {
        using SharedObject<Sequences> made = Sequences.Create(Name("a"), Full());
        using SharedObject<SharedDict> untyped = SharedObject.Create(Name("b"), Untyped(Full()));
        Assert.Null(Sequences.Codec.DifferenceFrom(untyped.Layout));
        Assert.Equal(made.Layout.ToString(), untyped.Layout.ToString());
        Assert.Equal(Sequences.Layout.BufferSize, untyped.Layout.BufferSize);
        SharedObject.Create<object?>(Name("c"), new SharedDict { { "labels", SharedList.Empty } }).Dispose();
        Assert.Contains("a list of up to 3", Assert.Throws<SharedSchemaException>(() => Sequences.Open(Name("c"))).Message, StringComparison.Ordinal);
    }

    private static Sequences Full() => new(
        [("a", 1), ("Ü", double.NaN), (new string('x', 50), -0.0)],
        [1, -1],
        ["x", "y"],
        [new(1, 2), new(3, 4)],
        [new("one", new(5, 6), [1, 2, 3]), new("two", default, [4, 5, 6])],
        [[1, 2], []],
        [1, 2, uint.MaxValue],
        [Vector3.One, Vector3.UnitX],
        [new(20), new(-273.15)],
        (1, new Vector3(1, 2, 3), "note", (SmallMode.Moving, new(7, 8), [9])),
        true);

    private static Sequences Sparse() => new(
        [("b", 2), ("c", 3)], [5], [], [new(9, 9)], [new("three", default, [7, 8, 9])], [[3]], [4], [], [new(1)], (-1, default, "", (SmallMode.Last, default, [])), false);

    private static Sequences Empty() => new([], [], [], [], [], [], [], [], [], (0, default, "", (default, default, [])), false);

    private static SharedDict Untyped(Sequences value) => new()
    {
        { "labels", List(value.Labels, label => SharedTuple.Create(label.Label, label.Score)) },
        { "ids", SharedSet.From(value.Ids.Cast<object?>()) },
        { "names", SharedSet.From(value.Names) },
        { "points", List(value.Points, Untyped) },
        { "inners", List(value.Inners, inner => new SharedDict { { "name", inner.Name }, { "where", Untyped(inner.Where) }, { "counts", NDArray.Create<int>(inner.Counts, 3) } }) },
        { "blobs", List(value.Blobs, blob => blob) },
        { "numbers", List(value.Numbers, number => (long)number) },
        { "vectors", List(value.Vectors, vector => NDArray.Create<double>([vector.X, vector.Y, vector.Z], 3)) },
        { "temperatures", List(value.Temperatures, temperature => temperature.Degrees) },
        {
            "last",
            SharedTuple.Create(
                value.Last.Row,
                NDArray.Create<float>([value.Last.At.X, value.Last.At.Y, value.Last.At.Z], 3),
                value.Last.Note,
                SharedTuple.Create((long)value.Last.More.Mode, Untyped(value.Last.More.Where), value.Last.More.Raw))
        },
        { "end", value.End },
    };

    private static SharedDict Untyped(Point point) => new() { { "x", point.X }, { "y", point.Y } };

    private static SharedList List<T>(List<T> elements, Func<T, object?> untyped) => SharedList.From(elements.Select(untyped));
}
