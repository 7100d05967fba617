using System;
using System.Buffers;
using System.Linq;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;
using SharedObjects.Wire;

namespace SharedObjects.Tests.Schemas;

/// <summary>Arrays whose length varies: ordinary dict items to everybody else.</summary>
public sealed class VaryingArrayTests(PeerFixture fixture) : PeerTest(fixture)
{
    private const byte Scrap = 0xA7;

    [Fact]
    public void To_others_it_is_an_ordinary_dict()
    {
        Assert.Equal(Unvarying.Layout.Hash, Varying.Layout.Hash);
        Assert.Equal(Unvarying.Layout.BufferSize, Varying.Layout.BufferSize);
        Assert.Equal(
            Unvarying.Layout.Members.Select(member => (member.Name, member.Key, member.WireType, member.Offset, member.Size)),
            Varying.Layout.Members.Select(member => (member.Name, member.Key, member.WireType, member.Offset, member.Size)));
        using SharedObject<Varying> here = Varying.Create(Name(), Make(2));
        using SharedObject<Unvarying> plain = Unvarying.Open(Name());
        Unvarying found = plain.Fetch();
        Assert.Equal((2L, 2L, 2L, 2L, 2L), (found.PointsLength, found.WeightsLength, found.PairsLength, found.MaskLength, found.GridLength));
        Assert.Equal(5, found.Points[1, 2]);
        Assert.Equal(0, found.Points[2, 0]); // nothing was written there yet
        plain.Assign(found with { PointsLength = 1, GridLength = 0 });
        Varying shorter = here.Fetch();
        Assert.Equal((1, 3), (shorter.Points.GetLength(0), shorter.Points.GetLength(1)));
        Assert.Equal<nint>([0, 2], shorter.Grid.Lengths.ToArray());
        Assert.Equal(Make(2).Weights, shorter.Weights);
    }

    [Fact]
    public void Every_length_crosses_in_both_directions()
    {
        using SharedObject<Varying> here = Varying.Create(Name(), Make(0));
        using SharedObject<Unvarying> plain = Unvarying.Open(Name());
        Peer.Open("there", Name());
        Varying into = Make(1);
        for (int length = 0; length <= 2; length++)
        {
            Varying value = Make(length);
            Assert.Equal(value, here.Assign(value).Fetch());
            var untyped = (SharedDict)Peer.Fetch("there")!;
            Assert.Equal((long)length, untyped["points_len"]);
            Assert.Equal(WireArray.Elements(value.Points), ((NDArray)untyped["points"]!).AsSpan<float>()[..(3 * length)]);

            here.Assign(Make(2));
            Peer.Assign("there", untyped);
            here.FetchInto(ref into);
            Assert.Equal(value, into);
        }

        Close("there");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    [InlineData(long.MinValue)]
    [InlineData(1L << 32)]
    public void A_length_out_of_range_is_refused_by_name(long length)
    {
        using SharedObject<Varying> here = Varying.Create(Name(), Make(2));
        using SharedObject<Unvarying> plain = Unvarying.Open(Name());
        plain.Assign(plain.Fetch() with { PointsLength = length });
        Varying kept = Make(1);
        Refused(() => here.Fetch());
        Refused(() => here.FetchInto(ref kept));
        Refused(() => here.Fetch(static view => view.PointsLength));
        Refused(() => here.Fetch(static view => view.Points.FlattenedLength));
        Refused(() => here.Fetch(static view => view.PointsRows.Height));
        Refused(() => here.Update(static w => w.Points[0, 0] = 1));
        Assert.Equal(2, here.Fetch(static view => view.WeightsLength));
        Assert.Equal(Make(1), kept);
        Assert.Equal(Make(0), here.Assign(Make(0)).Fetch());

        void Refused(Action action)
        {
            SharedRangeException e = Assert.Throws<SharedRangeException>(action);
            Assert.Contains("Points", e.Message, StringComparison.Ordinal);
            Assert.Contains("from 0 to 4", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_does_not_fit_changes_nothing()
    {
        using SharedObject<Varying> here = Varying.Create(Name(), Make(2));
        Refused(Make(2) with { Points = new float[5, 3] }, "Points", "(4, 3), or fewer rows", "(5, 3)");
        Refused(Make(2) with { Points = new float[2, 2] }, "Points", "(2, 2)");
        Refused(Make(2) with { Points = null! }, "Points", "null");
        Refused(Make(2) with { Weights = new double[6] }, "Weights", "at most 5 elements", "6 elements");
        Refused(Make(2) with { Pairs = new ushort[3] }, "Pairs", "at most 4 rows of 2", "3 elements");
        Refused(Make(2) with { Pairs = new ushort[10] }, "Pairs", "10 elements");
        Refused(Make(2) with { Mask = new bool[1, 2, 3] }, "Mask", "(1, 2, 3)");
        Refused(Make(2) with { Grid = Tensor.Create(new int[8], [4, 2]) }, "Grid", "(4, 2)");
        Refused(Make(2) with { Grid = Tensor.Create(new int[2], [2]) }, "Grid", "(2,)");
        Assert.Equal(Make(2), here.Fetch());

        void Refused(Varying value, params string[] parts)
        {
            SharedValueException e = Assert.Throws<SharedValueException>(() => here.Assign(value));
            Assert.All(parts, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Views_show_the_rows_that_count_and_writers_change_them_in_place()
    {
        using SharedObject<Varying> here = Varying.Create(Name(), Make(2));
        Assert.Equal((2, 6, 5), here.Fetch(static view => ((int)view.Points.Lengths[0], (int)view.Points.FlattenedLength, (int)view.PointsRows[1, 2])));
        Assert.Equal((2, 4, true), here.Fetch(static view => (view.Weights.Length, (int)view.Pairs.FlattenedLength, view.Mask[1, 1, 1])));
        here.Update(static w =>
        {
            w.PointsLength = 3;
            w.PointsRows[2, 1] = 42;
            w.WeightsLength = 0;
            w.GridLength = 1;
            w.Grid[0, 1] = 7;
        });
        Varying found = here.Fetch();
        Assert.Equal((3, 42f), (found.Points.GetLength(0), found.Points[2, 1]));
        Assert.Empty(found.Weights);
        Assert.Equal(7, found.Grid[0, 1]);
        here.Update(static w => w.PointsLength = 0);
        Assert.Equal((0, 0), here.Fetch(static view => ((int)view.Points.FlattenedLength, view.PointsRows.Height)));
        here.Update(static w => w.PointsLength = 3);
        Assert.Throws<SharedValueException>(() => here.Update(static w => w.PointsLength = 5));
        Assert.Throws<SharedValueException>(() => here.Update(static w => w.PointsLength = -1));
        Assert.Equal(3, here.Fetch(static view => view.PointsLength));
    }

    [Fact]
    public void What_a_value_leaves_over_shows_nothing_of_its_writers_memory()
    {
        using SharedObject<Varying> record = Varying.Create(Name(), Make(2));
        using SharedObject<SharedList> list = SharedObject.Create<SharedList>(Name("list"), ["one", "two", "three"]);
        using SharedObject<SharedDict> large = SharedObject.Create(
            Name("large"), new SharedDict { ["found"] = SharedTuple.Create(SharedList.Create(new byte[5000], new byte[5000])) });
        using SharedDynamicObject dynamic = SharedDynamicObject.Create(Name("dynamic"));

        LeaveScraps();
        record.Assign(Make(1));
        LeaveScraps();
        list.Assign(["one"]);
        LeaveScraps();
        large.Assign(new SharedDict { ["found"] = SharedTuple.Create(SharedList.Create(new byte[100])) });
        LeaveScraps();
        dynamic.Assign(Make(1), Varying.Codec);

        byte[] scraps = new byte[8];
        Array.Fill(scraps, Scrap);
        Assert.All(
            new SharedHandle[] { record, list, large, dynamic },
            handle => Assert.Equal(-1, Segments.Read(handle.Name).AsSpan().IndexOf(scraps)));
        record.Update(static w => w.PointsLength = 2);
        Assert.Equal(0, record.Fetch().Points[1, 2]);
    }

    [Fact]
    public void A_tensor_need_not_be_dense()
    {
        using SharedObject<Varying> here = Varying.Create(Name(), Make(2));
        Tensor<int> wide = Tensor.Create([1, 2, 9, 3, 4, 9], [2, 3]);
        here.Assign(Make(2) with { Grid = wide.Slice([0..2, 0..2]) });
        Assert.Equal([1, 2, 3, 4], here.Fetch().Grid.ToArray());
    }

    private static Varying Make(int length)
    {
        var points = new float[length, 3];
        var mask = new bool[length, 2, 2];
        for (int i = 0; i < length; i++)
        {
            (points[i, 0], points[i, 1], points[i, 2], mask[i, 1, 1]) = (i * 3, (i * 3) + 1, (i * 3) + 2, true);
        }

        return new Varying(
            length,
            points,
            [.. Enumerable.Range(0, length).Select(i => i / 3.0)],
            [.. Enumerable.Range(0, 2 * length).Select(i => (ushort)i)],
            mask,
            Tensor.Create(Enumerable.Range(5, 2 * length).ToArray(), [length, 2]));
    }

    /// <summary>Leaves bytes on the stack and in the pool where those who come next take their memory from.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LeaveScraps()
    {
        Span<byte> stack = stackalloc byte[50_000];
        stack.Fill(Scrap);
        for (int size = 1 << 8; size <= 1 << 16; size <<= 1)
        {
            byte[] pooled = ArrayPool<byte>.Shared.Rent(size);
            Array.Fill(pooled, Scrap);
            ArrayPool<byte>.Shared.Return(pooled);
        }
    }
}
