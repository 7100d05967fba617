using System;
using System.Linq;
using System.Numerics;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;
using SharedObjects.Wire;

namespace SharedObjects.Tests.Values;

/// <summary>Tuples, lists and sets as untyped values: what they are in C#, and what an object that holds one takes.</summary>
public sealed class SequenceTests : SegmentTest
{
    [Fact]
    public void Sequences_are_equal_by_kind_and_elements()
    {
        SharedList list = [1L, "a", new byte[] { 1 }, null, new SharedDict { { "k", 1L } }];
        SharedList same = [1L, "a", new byte[] { 1 }, null, new SharedDict { { "k", 1L } }];
        SharedTuple tuple = [.. list];
        Assert.True(list.Equals(same));
        Assert.Equal(list.GetHashCode(), same.GetHashCode());
        Assert.False(list.Equals(tuple));
        Assert.False(list.Equals(SharedList.Create(1L)));
        Assert.False(SharedTuple.Create(1L, 2L).Equals(SharedTuple.Create(2L, 1L)));
        Assert.Equal(5, tuple.Count);
        Assert.Equal("a", tuple[1]);
        Assert.Throws<IndexOutOfRangeException>(() => tuple[5]);
    }

    [Fact]
    public void Sets_are_equal_in_whatever_order_and_have_each_element_once()
    {
        SharedSet set = [1, "a", new byte[] { 1, 2 }, null, 0.5f];
        SharedSet same = SharedSet.From([0.5, null, "a", new byte[] { 1, 2 }, 1L, 1L]);
        Assert.Equal(5, same.Count);
        Assert.True(set.Equals(same));
        Assert.Equal(set.GetHashCode(), same.GetHashCode());
        Assert.True(set.Contains(null) && set.Contains(1) && set.Contains(1L) && set.Contains(new byte[] { 1, 2 }));
        Assert.False(set.Contains(1.0) || set.Contains("b"));
        Assert.False(set.Equals(SharedSet.Create(1L, "a", new byte[] { 1, 2 }, null, 0.25)));
        Assert.False(set.Equals(SharedSet.Create(1L)));
        Assert.Empty(SharedSet.Empty);
    }

    [Fact]
    public void They_read_like_Python_in_messages()
    {
        Assert.Equal("(1, 'a', None)", SharedTuple.Create(1L, "a", null).ToString());
        Assert.Equal("(1,)", SharedTuple.Create(1L).ToString());
        Assert.Equal("[0.5, [], bytes of 2]", SharedList.Create(0.5, SharedList.Empty, new byte[2]).ToString());
        Assert.Equal("set()", SharedSet.Empty.ToString());
        Assert.Equal("{'a', 'b'}", SharedSet.Create("a", "b").ToString());
    }

    [Fact]
    public void A_list_in_an_object_may_become_shorter_and_longer_again()
    {
        using SharedObject<SharedList> handle = SharedObject.Create(Name(), SharedList.Create(1L, "a", 0.5));
        using SharedObject<object?> other = SharedObject.OpenAny(Name());
        foreach (SharedList value in new SharedList[] { [], [2L], [3L, new string('x', 100)], [4L, "", -1.5] })
        {
            handle.Assign(value);
            Assert.Equal<object?>(value, other.Fetch());
        }

        // Mounted when it was empty, its slots still say what it can hold.
        handle.Assign([]);
        using SharedObject<SharedList> late = SharedObject.Open<SharedList>(Name());
        Assert.True(SharedList.Create(5L, "b").Equals(late.Assign([5L, "b"]).Fetch()));
    }

    [Fact]
    public void An_assign_that_does_not_fit_says_what_differs_and_writes_nothing()
    {
        using SharedObject<object?> handle = SharedObject.Create<object?>(
            Name(),
            new SharedDict { { "l", SharedList.Create(1L, "a") }, { "t", SharedTuple.Create(1L, SharedList.Create(2L)) }, { "s", SharedSet.Create("a", 1L) } });
        byte[] before = ObjectBytes.Of(handle);
        Refused("l", SharedList.Create(1L, "a", null), "at most 2 elements", "found 3");
        Refused("l", SharedList.Create("a", "a"), "'l'", "[0]", "expected int, found str");
        Refused("l", SharedList.Create(1L, new string('x', 101)), "[1]", "up to 100", "101 bytes");
        Refused("l", SharedTuple.Create(1L, "a"), "expected list", "found tuple");
        Refused("t", SharedTuple.Create(1L), "expected 2 elements", "found 1");
        Refused("t", SharedTuple.Create(1L, SharedList.Create(2L, 3L)), "[1]", "at most 1");
        Refused("s", SharedSet.Create("a", "b"), "expected set", "found set");
        Refused("s", SharedSet.Create("a"), "expected set"); // the first slot is that of the int
        Refused("s", SharedSet.Create("a", 1L, null), "at most 2");
        Refused("s", null, "expected set", "found None");
        Assert.Equal(before, ObjectBytes.Of(handle));

        void Refused(string key, object? value, params string[] parts)
        {
            var dict = (SharedDict)handle.Fetch()!;
            dict[key] = value;
            SharedValueException e = Assert.Throws<SharedValueException>(() => handle.Assign(dict));
            Assert.All(parts.Append($"'{key}'"), part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Equal_sets_have_equal_bytes_whatever_the_order_they_were_made_in()
    {
        object?[] elements =
            [null, true, -1L, 300L, 2L, 0.5, new Complex(0, 1), new Pose(1, 2, 3, 1, 0, 0, 0), "b", "", "äa", new byte[] { 9 }, (1, "a"), (300, ""), (1, "")];
        using SharedObject<SharedSet> first = SharedObject.Create(Name("a"), SharedSet.From(elements));
        byte[] expected = ObjectBytes.Of(first)[8..];
        var random = new Random(3);
        for (int i = 0; i < 20; i++)
        {
            random.Shuffle(elements);
            using SharedObject<SharedSet> other = SharedObject.Publish(Name("b"), SharedSet.From(elements));
            Assert.Equal(expected, ObjectBytes.Of(other)[8..]);
        }
    }

    [Fact]
    public void The_texts_of_a_set_fit_each_others_slots()
    {
        using SharedObject<SharedSet> handle = SharedObject.Create(Name(), SharedSet.Create("a", new string('b', 200)));
        SharedSet value = [new string('a', 400), "b"];
        Assert.Equal(value, handle.Assign(value).Fetch());
    }

    [Fact]
    public void Sets_may_have_tuples()
    {
        SharedSet value = [(1, "b"), SharedTuple.Create(2L, new string('a', 70)), SharedTuple.Create(-1L, ""), 7L];
        Assert.Contains(SharedTuple.Create(1L, "b"), value);
        Assert.True(value.Contains((2L, new string('a', 70))));
        using SharedObject<SharedSet> handle = SharedObject.Create(Name(), value);
        Assert.Equal(value, handle.Fetch());
        SharedSet other = [8L, SharedTuple.Create(3L, new string('c', 140))]; // any text fits any of the slots
        Assert.Equal(other, handle.Assign(other).Fetch());
        Assert.Equal(value, handle.Assign(value).Fetch());
        foreach (SharedSet misfit in new SharedSet[] { [(1, 2)], [(1, "b", 2)], [7L, 8L] })
        {
            Assert.Throws<SharedValueException>(() => handle.Assign(misfit));
        }

        foreach (object? element in new object?[] { SharedTuple.Create(SharedList.Empty), (1, (2, new ByteArray([]))), new SharedDict(), Deep(63) })
        {
            Assert.Throws<SharedValueException>(() => SharedObject.Create(Name("y"), SharedSet.Create(element)));
        }

        Assert.Equal(value, handle.Fetch());
        using SharedDynamicObject dynamic = SharedDynamicObject.Create(Name("d"));
        SharedSet mixed = [(1, "a"), ("a", 1), SharedTuple.Empty, SharedTuple.Create(2L), Deep(62)];
        Assert.True(mixed.Equals(dynamic.Assign(mixed).Fetch()));

        static SharedTuple Deep(int depth) => depth == 0 ? SharedTuple.Empty : SharedTuple.Create(Deep(depth - 1));
    }

    [Fact]
    public void An_object_never_assigned_has_empty_lists_and_whole_tuples()
    {
        var layout = new ObjectLayout(ValueLayout.Dict(
            DictItem.Of("l", ValueLayout.List(ValueLayout.Str(5), 3)),
            DictItem.Of("s", ValueLayout.Set(ValueLayout.Int, 3)),
            DictItem.Of("t", ValueLayout.Tuple(ValueLayout.Bool, ValueLayout.Pose))));
        byte[] bytes = new byte[layout.BufferSize];
        layout.WriteInitial(bytes);
        Assert.NotNull(LayoutParser.Parse(bytes, out _));
        Assert.Equal(
            new SharedDict { { "l", SharedList.Empty }, { "s", SharedSet.Empty }, { "t", SharedTuple.Create(false, Pose.Identity) } },
            UntypedValue.Read(layout.Value, bytes.AsSpan(9), new CodecContext("x", layout)));
    }

    [Fact]
    public void Layouts_say_what_they_are_and_what_differs()
    {
        ValueLayout list = ValueLayout.List(ValueLayout.Int, 10), tuple = ValueLayout.Tuple(ValueLayout.Bool, ValueLayout.Str(5));
        Assert.Equal("list of up to 10 x int", list.ToString());
        Assert.Equal("tuple (bool, str of up to 5 bytes)", tuple.ToString());
        Assert.Equal(16 + (10 * 9), list.DataSize);
        Assert.Equal(16 + 2 + (1 + 8 + 6), tuple.DataSize);
        Assert.Null(list.DifferenceFrom(ValueLayout.List(ValueLayout.Int, 10), true));
        Assert.Equal("expected a list of up to 10, found a list of up to 9", list.DifferenceFrom(ValueLayout.List(ValueLayout.Int, 9), true));
        Assert.Equal("[0]: expected int, found float", list.DifferenceFrom(ValueLayout.List(ValueLayout.Float, 10), true));
        Assert.Equal("expected list of up to 10 x int, found set of up to 10 x int", list.DifferenceFrom(ValueLayout.Set(ValueLayout.Int, 10), true));
        Assert.Throws<ArgumentOutOfRangeException>(() => ValueLayout.List(ValueLayout.Int, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ValueLayout.List(ValueLayout.Int, int.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => ValueLayout.Tuple([.. Enumerable.Repeat(ValueLayout.Bytes(1 << 30), 3)]));
    }

    [Fact]
    public void A_typed_handle_of_one_kind_refuses_the_others()
    {
        using SharedObject<SharedList> list = SharedObject.Create(Name(), SharedList.Create(1L));
        Assert.Contains("expected tuple, found list", Assert.Throws<SharedSchemaException>(() => SharedObject.Open<SharedTuple>(Name())).Message, StringComparison.Ordinal);
        Assert.Contains("expected set", Assert.Throws<SharedSchemaException>(() => SharedObject.Open<SharedSet>(Name())).Message, StringComparison.Ordinal);
        Assert.Contains("expected dict", Assert.Throws<SharedSchemaException>(() => SharedObject.Open<SharedDict>(Name())).Message, StringComparison.Ordinal);
    }
}
