using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using SharedObjects.Tests.Golden;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;
using SharedObjects.Wire;

namespace SharedObjects.Tests.Wire;

/// <summary>
/// Bytes that nobody sane wrote: they are refused with an exception of the library's, or they are a readable object. Nothing
/// else comes out.
/// </summary>
public sealed class HostileBytesTests : SegmentTest
{
    private const int LongestTruncated = 300;
    private const int Mutations = 100_000;
    private const int MutationsOfSegments = 3_000;
    private const byte List = (byte)'l';
    private const byte Set = (byte)'s';
    private const byte Tuple = (byte)'t';

    // The limits are those of the arithmetic: signs, 32 bits, the largest object, and multiples that wrap around.
    private static readonly ulong[] Sizes =
    [
        0, 1, 2, 255, int.MaxValue - 4096, int.MaxValue - 4095, int.MaxValue, 1UL << 31, uint.MaxValue, 1UL << 32, 1UL << 60, 1UL << 61,
        long.MaxValue, 1UL << 63, ulong.MaxValue - 8, ulong.MaxValue,
    ];

    private static readonly SharedObjectOptions NoWait = new() { MountTimeout = TimeSpan.Zero, LockTimeout = TimeSpan.Zero };

    private static IReadOnlyList<byte[]> Small { get; } =
    [
        .. GoldenVector.All.Select(vector => vector.Segment).Where(bytes => bytes.Length <= 2000),
        .. Sequences(),
    ];

    [Fact]
    public void A_truncated_object_is_refused_at_every_length()
    {
        byte[][] objects = [.. Small.Where(bytes => bytes.Length <= LongestTruncated)];
        Assert.True(objects.Length > 55);
        foreach (byte[] bytes in objects)
        {
            for (int length = 0; length < bytes.Length; length++)
            {
                Assert.Null(LayoutParser.Parse(bytes.AsSpan(0, length), out string? problem));
                Assert.NotEmpty(problem!);
            }

            Assert.NotNull(LayoutParser.Parse(bytes, out _));
        }
    }

    [Fact]
    public void Bytes_behind_an_object_are_refused()
    {
        foreach (GoldenVector vector in GoldenVector.All)
        {
            Assert.Null(LayoutParser.Parse([.. vector.Segment, 0], out string? problem));
            Assert.Contains(vector.Segment.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_truncated_segment_is_an_exception_that_names_it()
    {
        foreach (GoldenVector vector in GoldenVector.All)
        {
            int[] lengths = [0, 1, 8, 9, vector.Segment.Length / 2, vector.Segment.Length - 1];
            foreach (int length in lengths.Where(length => length < vector.Segment.Length))
            {
                Segments.Write(Name(), vector.Segment.AsSpan(0, length));
                // An empty file, and one without a tag, may still become an object.
                bool isUnfinished = length == 0 || (length > 9 && vector.Segment[8] == 0);
                SharedObjectException e = Assert.ThrowsAny<SharedObjectException>(() => SharedObject.OpenAny(Name(), NoWait));
                Assert.IsType(isUnfinished ? typeof(SharedNotReadyException) : typeof(SharedFormatException), e);
                Assert.Equal(Name(), e.ObjectName);
                Assert.Contains(Name(), e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void The_size_of_a_text_must_be_what_is_there(byte tag)
    {
        byte[] good = Object(tag, [.. UInt64(3), (byte)'a', 0xFF, 0]);
        Assert.NotNull(LayoutParser.Parse(good, out _));
        foreach (ulong size in Sizes.Append(4UL))
        {
            Refused(Object(tag, [.. UInt64(size), (byte)'a', 0xFF, 0]));
        }

        Refused(Object(tag, UInt64(0))); // no room for the end mark
    }

    [Fact]
    public void The_rank_of_an_array_must_be_what_is_there()
    {
        Assert.NotNull(LayoutParser.Parse(Object(9, [2, .. UInt64(1), .. UInt64(3), 1, 2, 3]), out _));
        foreach (ulong rank in Sizes.Where(rank => rank != 1).Append(64UL).Append(65UL))
        {
            Refused(Object(9, [2, .. UInt64(rank), .. UInt64(3), 1, 2, 3]));
        }

        byte[] manyOnes = [.. Enumerable.Repeat(UInt64(1), 65).SelectMany(bytes => bytes)];
        Assert.NotNull(LayoutParser.Parse(Object(9, [2, .. UInt64(64), .. manyOnes[..(64 * 8)], 7]), out _));
        Refused(Object(9, [2, .. UInt64(65), .. manyOnes, 7]));
    }

    [Fact]
    public void The_lengths_of_an_array_must_be_what_is_there_whatever_they_multiply_to()
    {
        for (byte dtype = 0; dtype < 16; dtype++)
        {
            foreach (ulong length in Sizes.Where(length => length > 2))
            {
                byte[][] shapes =
                [
                    UInt64(length),
                    [.. UInt64(length), .. UInt64(length)],
                    [.. UInt64(length), .. UInt64(1UL << 32)],
                    [.. UInt64(2), .. UInt64(length), .. UInt64(length)],
                ];
                foreach (byte[] shape in shapes)
                {
                    Refused(Object(9, [dtype, .. UInt64((ulong)shape.Length / 8), .. shape, 1, 2, 3]));
                }

                // With a length of 0 nothing is there, whatever the others are: readable, or refused as too large.
                foreach (byte[] shape in new byte[][] { [.. UInt64(length), .. UInt64(0)], [.. UInt64(0), .. UInt64(length)] })
                {
                    ReadOrRefuse(Object(9, [dtype, .. UInt64(2), .. shape]));
                }
            }
        }
    }

    [Fact]
    public void Unknown_tags_and_element_types_are_refused()
    {
        foreach (int tag in Enumerable.Range(11, 245).Except([List, Set, Tuple]))
        {
            Assert.Contains($"{tag}", Refused(Object((byte)tag, new byte[40])), StringComparison.Ordinal);
        }

        for (int dtype = 16; dtype < 256; dtype++)
        {
            Assert.Contains($"{dtype}", Refused(Object(9, [(byte)dtype, .. UInt64(1), .. UInt64(1), 1])), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_size_of_a_dict_must_be_that_of_its_items()
    {
        byte[] item = [2, .. UInt64(5), 2, .. UInt64(6)];
        Assert.NotNull(LayoutParser.Parse(Object(10, [.. UInt64((ulong)item.Length), .. item]), out _));
        foreach (ulong size in Sizes.Append((ulong)item.Length - 1).Append((ulong)item.Length + 1))
        {
            Refused(Object(10, [.. UInt64(size), .. item]));
        }
    }

    [Fact]
    public void The_size_of_an_inner_dict_may_not_reach_beyond_it()
    {
        byte[] inner = [2, .. UInt64(5), 2, .. UInt64(6)];
        byte[] next = [1, 1, 1, 1];
        byte[] Whole(int innerSize)
        {
            byte[] items = [0, 10, .. UInt64((ulong)innerSize), .. inner, .. next];
            return Object(10, [.. UInt64((ulong)items.Length), .. items]);
        }

        Assert.NotNull(LayoutParser.Parse(Whole(inner.Length), out _));
        Assert.NotNull(LayoutParser.Parse(Whole(inner.Length + next.Length), out _)); // then the item after it is its own
        foreach (int off in new[] { -10, -1, 1, 2, 3, 5, 100 })
        {
            Refused(Whole(inner.Length + off));
        }
    }

    [Fact]
    public void Keys_that_Python_could_not_hash_are_refused()
    {
        for (int tag = 8; tag < 256; tag++)
        {
            byte[] item = [(byte)tag, .. UInt64(1), 0xFF, 0];
            Refused(Object(10, [.. UInt64((ulong)item.Length), .. item]));
        }
    }

    [Fact]
    public void Dicts_nested_too_deep_are_refused_and_do_not_exhaust_the_stack()
    {
        ReadOrRefuse(Nested(64));
        Assert.NotNull(LayoutParser.Parse(Nested(64), out _));
        foreach (int depth in new[] { 65, 66, 1000, 100_000 })
        {
            Assert.Contains("64", Refused(Nested(depth)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_value_nested_as_deep_as_can_be_read_can_be_written_and_none_deeper()
    {
        using SharedObject<SharedDict> handle = SharedObject.Create(Name("a"), Dict(64));
        Assert.Equal(Dict(64), handle.Fetch());
        Assert.Throws<SharedValueException>(() => SharedObject.Create(Name("b"), Dict(65)));
        Assert.False(SharedObject.Exists(Name("b")));

        static SharedDict Dict(int depth) => depth == 1 ? [] : new SharedDict { { null, Dict(depth - 1) } };
    }

    [Theory]
    [InlineData(List)]
    [InlineData(Set)]
    [InlineData(Tuple)]
    public void The_size_of_a_sequence_must_be_that_of_its_slots(byte tag)
    {
        byte[] slots = [2, .. UInt64(5), 2, .. UInt64(6)];
        byte[] Whole(ulong size) => Object(tag, [.. UInt64(size), .. UInt64(2), .. slots]);
        ulong right = 8 + (ulong)slots.Length;
        Assert.NotNull(LayoutParser.Parse(Whole(right), out _));
        foreach (ulong size in Sizes.Concat(new ulong[] { 7, 8, right - 9, right - 1, right + 1 }))
        {
            Refused(Whole(size));
        }

        for (int length = 0; length < 16; length++)
        {
            Refused(Object(tag, new byte[length])); // cut off in L or in the count
        }
    }

    [Fact]
    public void The_count_of_a_sequence_must_be_that_of_slots_it_has()
    {
        byte[] slots = [2, .. UInt64(5), 2, .. UInt64(6)];
        byte[] Whole(byte tag, ulong count) => Object(tag, [.. UInt64(8 + (ulong)slots.Length), .. UInt64(count), .. slots]);
        foreach (ulong count in Sizes.Append(3UL))
        {
            Assert.Equal(count <= 2, ReadOrRefuse(Whole(List, count)));
            Assert.Equal(count <= 2, ReadOrRefuse(Whole(Set, count)));
            Assert.Equal(count == 2, ReadOrRefuse(Whole(Tuple, count)));
        }
    }

    [Fact]
    public void A_count_that_grows_too_large_under_a_mounted_handle_is_refused()
    {
        using SharedObject<object?> any = SharedObject.Create<object?>(Name(), SharedList.Create(1L, 2L));
        byte[] bytes = ObjectBytes.Of(any);
        foreach (ulong count in Sizes.Where(count => count > 2))
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(17), count);
            BitConverter.TryWriteBytes(bytes, BitConverter.ToUInt64(bytes) + 1);
            ObjectBytes.Overwrite(Name(), bytes);
            SharedRangeException e = Assert.Throws<SharedRangeException>(() => any.Fetch());
            Assert.Contains("from 0 to 2", e.Message, StringComparison.Ordinal);
        }

        Assert.Equal(SharedList.Create(3L), any.Assign(SharedList.Create(3L)).Fetch());
    }

    [Fact]
    public void What_Python_could_not_hash_is_no_element_of_a_set()
    {
        foreach (int tag in Enumerable.Range(8, 248))
        {
            byte[] slot = [(byte)tag, .. UInt64(1), 0xFF];
            Refused(Object(Set, [.. UInt64(8 + (ulong)slot.Length), .. UInt64(1), .. slot]));
        }

        byte[] list = [List, .. UInt64(8), .. UInt64(0)], tuple = [Tuple, .. UInt64(8 + (ulong)list.Length), .. UInt64(1), .. list];
        Refused(Object(Set, [.. UInt64(8 + (ulong)tuple.Length), .. UInt64(1), .. tuple]));
    }

    [Fact]
    public void A_set_with_an_element_twice_is_refused_when_it_is_read()
    {
        byte[] slots = [2, .. UInt64(5), 6, .. UInt64(2), (byte)'a', 0xFF, 2, .. UInt64(5), 6, .. UInt64(2), (byte)'a', 0xFF];
        foreach (ulong count in new ulong[] { 2, 3, 4 })
        {
            Segments.Write(Name($"{count}"), Object(Set, [.. UInt64(8 + (ulong)slots.Length), .. UInt64(count), .. slots]));
            using SharedObject<object?> any = SharedObject.OpenAny(Name($"{count}"));
            if (count == 2)
            {
                Assert.True(SharedSet.Create("a", 5L).Equals(any.Fetch()));
            }
            else
            {
                Assert.Contains("twice", Assert.Throws<SharedFormatException>(() => any.Fetch()).Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData(List)]
    [InlineData(Tuple)]
    public void Sequences_nested_too_deep_are_refused_and_do_not_exhaust_the_stack(byte tag)
    {
        Assert.NotNull(LayoutParser.Parse(Nested(tag, 64), out _));
        foreach (int depth in new[] { 65, 66, 100_000 })
        {
            Assert.Contains("64", Refused(Nested(tag, depth)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_sequence_nested_as_deep_as_can_be_read_can_be_written_and_none_deeper()
    {
        using SharedObject<SharedList> handle = SharedObject.Create(Name("a"), List(64));
        Assert.Equal(List(64), handle.Fetch());
        Assert.Throws<SharedValueException>(() => SharedObject.Create(Name("b"), List(65)));
        Assert.Throws<SharedValueException>(() => SharedObject.Create(Name("b"), List(64, SharedSet.Empty)));
        using SharedObject<SharedList> set = SharedObject.Create(Name("s"), List(63, SharedSet.Empty));
        Assert.Equal(List(63, SharedSet.Empty), set.Fetch());
        List<object?> endless = [];
        endless.Add(endless);
        Assert.Throws<SharedValueException>(() => SharedObject.Create<object?>(Name("b"), endless));
        Assert.False(SharedObject.Exists(Name("b")));

        static SharedList List(int depth, object? innermost = null) =>
            depth > 1 ? [List(depth - 1, innermost)] : innermost is null ? [] : [innermost];
    }

    [Fact]
    public void Texts_that_are_not_UTF_8_are_refused_when_they_are_read()
    {
        byte[][] bad = [[0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]];
        foreach (byte[] payload in bad)
        {
            byte[] text = [.. UInt64((ulong)payload.Length + 1), .. payload, 0xFF];
            byte[] bytes = Object(6, text);
            Segments.Write(Name(), bytes);
            using SharedObject<object?> any = SharedObject.OpenAny(Name());
            Assert.Equal(Name(), Assert.Throws<SharedFormatException>(() => any.Fetch()).ObjectName);
            using SharedObject<string> typed = SharedObject.Open<string>(Name());
            Assert.Throws<SharedFormatException>(() => typed.Fetch());
            Assert.Throws<SharedFormatException>(() => typed.TryFetch(out _));

            byte[] item = [6, .. text, 0]; // as a key
            ReadOrRefuse(Object(10, [.. UInt64((ulong)item.Length), .. item]));
        }
    }

    [Fact]
    public void A_text_without_its_end_mark_is_read_without_its_last_byte()
    {
        Segments.Write(Name(), Object(6, [.. UInt64(3), (byte)'a', (byte)'b', (byte)'c']));
        using SharedObject<string> all = SharedObject.Open<string>(Name());
        Assert.Equal("ab", all.Fetch());
        Segments.Write(Name("z"), Object(6, [.. UInt64(3), 0, 0, 0]));
        using SharedObject<string> zeros = SharedObject.Open<string>(Name("z"));
        Assert.Equal("", zeros.Fetch());
    }

    [Fact]
    public void A_hundred_thousand_mutated_objects_are_read_or_refused()
    {
        var random = new Random(20_240_601);
        int readable = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] bytes = Mutate(random);
            readable += ReadOrRefuse(bytes) ? 1 : 0;
        }

        Assert.InRange(readable, Mutations / 20, Mutations - (Mutations / 20)); // both ways were taken
    }

    [Fact]
    public void Thousands_of_mutated_segments_are_read_or_refused()
    {
        var random = new Random(20_240_602);
        int readable = 0;
        for (int i = 0; i < MutationsOfSegments; i++)
        {
            byte[] bytes = Mutate(random);
            Segments.Write(Name(), bytes);
            readable += Attempt(bytes, () =>
            {
                using SharedObject<object?> handle = SharedObject.OpenAny(Name(), NoWait);
                handle.Fetch();
            }) ? 1 : 0;
        }

        Assert.InRange(readable, MutationsOfSegments / 20, MutationsOfSegments - (MutationsOfSegments / 20));
    }

    [Fact]
    public void An_object_that_changes_under_a_mounted_handle_is_read_or_refused()
    {
        var random = new Random(20_240_603);
        foreach (byte[] original in Small)
        {
            Segments.Write(Name(), original);
            using SharedObject<object?> any = SharedObject.OpenAny(Name());
            using SharedObject<SharedDict>? dict = original[8] == 10 ? SharedObject.Open<SharedDict>(Name()) : null;
            using SharedObject<string>? text = original[8] == 6 ? SharedObject.Open<string>(Name()) : null;
            using SharedObject<NDArray>? array = original[8] == 9 ? SharedObject.Open<NDArray>(Name()) : null;
            for (int i = 0; i < 20; i++)
            {
                byte[] bytes = MutateInPlace(original, random);
                BitConverter.TryWriteBytes(bytes, 1_000UL + (ulong)i);
                ObjectBytes.Overwrite(Name(), bytes);
                Attempt(bytes, () => any.Fetch());
                Attempt(bytes, () => dict?.Fetch());
                Attempt(bytes, () => text?.Fetch());
                Attempt(bytes, () => array?.Fetch());
            }
        }
    }

    [Fact]
    public void A_dict_that_became_another_type_of_the_same_size_is_refused_by_a_handle_of_dicts()
    {
        using SharedObject<SharedDict> dict = SharedObject.Create(Name(), new SharedDict { { "key", 1L } });
        byte[] bytes = ObjectBytes.Of(dict);
        byte[] other = new byte[bytes.Length];
        BitConverter.TryWriteBytes(other, 1UL);
        other[8] = 7; // bytes; D is what is left
        BitConverter.TryWriteBytes(other.AsSpan(9), (ulong)(other.Length - 17));
        ObjectBytes.Overwrite(Name(), other);
        Assert.Equal(Name(), Assert.ThrowsAny<SharedObjectException>(() => dict.Fetch()).ObjectName);
        ObjectBytes.Overwrite(Name(), bytes);
        Assert.Equal(new SharedDict { { "key", 1L } }, dict.Fetch());
    }

    /// <summary>Whether the bytes are an object; if so, all of it can be read. Any exception but the library's passes through.</summary>
    private static bool ReadOrRefuse(byte[] bytes)
    {
        ObjectLayout? layout;
        string? problem;
        try
        {
            layout = LayoutParser.Parse(bytes, out problem);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{e.GetType()} from the parser for {Convert.ToHexString(bytes)}", e);
        }

        if (layout is null)
        {
            Assert.NotEmpty(problem!);
            return false;
        }

        Assert.Null(problem);
        return Attempt(bytes, () =>
        {
            Assert.True(TrailerArea.IsLegalAfter(bytes, layout.BufferSize));
            Assert.True(layout.FixedParts.Match(bytes));
            Assert.NotEmpty(layout.ToString());
            Assert.Null(layout.Value.DifferenceFrom(LayoutParser.Parse(bytes, out _)!.Value, compareKeys: true));
            UntypedValue.Read(layout.Value, bytes.AsSpan(9), new CodecContext("x", layout));
        });
    }

    private static bool Attempt(byte[] bytes, Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (SharedObjectException)
        {
            return false;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{e.GetType()} for {Convert.ToHexString(bytes)}", e);
        }
    }

    private string Refused(byte[] bytes)
    {
        Assert.False(ReadOrRefuse(bytes), $"read: {Convert.ToHexString(bytes)}");
        Assert.Null(LayoutParser.Parse(bytes, out string? problem));
        Segments.Write(Name("refused"), bytes);
        SharedFormatException e = Assert.Throws<SharedFormatException>(() => SharedObject.OpenAny(Name("refused"), NoWait));
        Assert.Contains(problem!, e.Message, StringComparison.Ordinal);
        return problem!;
    }

    private static byte[] Object(byte tag, byte[] data) => [.. UInt64(1), tag, .. data];

    private static byte[] UInt64(ulong value) => BitConverter.GetBytes(value);

    /// <summary>A dict in a dict in a dict …, each under the key None.</summary>
    private static byte[] Nested(int depth)
    {
        // From the outside in: each adds L, a key tag and a value tag.
        byte[] bytes = new byte[9 + (8 * depth) + (2 * (depth - 1))];
        bytes[0] = 1;
        int at = 8;
        for (int i = 0; i < depth; i++)
        {
            bytes[at++] = 10;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), (ulong)(bytes.Length - at - 8));
            at += 8;
            if (i < depth - 1)
            {
                bytes[at++] = 0;
            }
        }

        return bytes;
    }

    /// <summary>A list in a list in a list …, or the same of tuples.</summary>
    private static byte[] Nested(byte tag, int depth)
    {
        // From the outside in: each adds L, a count, and but for the innermost the tag of its slot.
        byte[] bytes = new byte[9 + (16 * depth) + (depth - 1)];
        bytes[0] = 1;
        for (int i = 0, at = 8; i < depth; i++, at += 17)
        {
            bytes[at] = tag;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at + 1), (ulong)(bytes.Length - at - 9));
            bytes[at + 9] = i < depth - 1 ? (byte)1 : (byte)0;
        }

        return bytes;
    }

    /// <summary>Objects of the types that the recorded vectors do not have.</summary>
    internal static IEnumerable<byte[]> Sequences()
    {
        byte[] text = [6, .. UInt64(3), (byte)'a', 0xFF, 0], array = [9, 2, .. UInt64(1), .. UInt64(2), 7, 8];
        byte[] slots = [2, .. UInt64(5), .. text, 0, 1, 1];
        byte[] Sequence(byte tag, ulong count, byte[] of) => [tag, .. UInt64(8 + (ulong)of.Length), .. UInt64(count), .. of];
        byte[] list = Sequence(List, 3, [.. slots, .. array]), tuple = Sequence(Tuple, 2, [.. list, 1, 1]);
        byte[] set = Sequence(Set, 3, slots), item = [.. text, .. Sequence(List, 1, set)];
        byte[] dict = [10, .. UInt64((ulong)item.Length), .. item];
        return new[] { list, tuple, set, dict, Sequence(List, 0, []), Sequence(Tuple, 2, [.. dict, .. set]) }
            .Select(value => (byte[])[.. UInt64(1), .. value]);
    }

    private static byte[] Mutate(Random random)
    {
        byte[] bytes = MutateInPlace(Small[random.Next(Small.Count)], random);
        return random.Next(6) switch
        {
            0 => bytes[..random.Next(bytes.Length)],
            1 => [.. bytes, .. new byte[random.Next(1, 20)]],
            2 => [.. bytes, .. Small[random.Next(Small.Count)]],
            _ => bytes,
        };
    }

    private static byte[] MutateInPlace(byte[] original, Random random)
    {
        byte[] bytes = [.. original];
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int at = random.Next(8, bytes.Length);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] = random.Next(15) is var tag && tag < 12 ? (byte)tag : "lst"u8[tag - 12]; break; // a tag, mostly
                case 2: bytes[at] += (byte)(random.Next(2) == 0 ? 1 : 255); break;
                default:
                    byte[] size = UInt64(Sizes[random.Next(Sizes.Length)]);
                    size.AsSpan(..Math.Min(8, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
                    break;
            }
        }

        return bytes;
    }
}
