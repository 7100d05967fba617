using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Numerics;
using System.Reflection;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Schemas;

/// <summary>Arrays are filled again, and the steady state allocates nothing.</summary>
public sealed class SchemaAllocationTests : SegmentTest
{
    private const int Iterations = 1000;
    private const int Rounds = 300;
    private const int ConstantSpan = 72;

    private static readonly bool s_isOptimised =
        typeof(SchemaAllocationTests).Assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true };

    [Fact]
    public void FetchInto_fills_the_arrays_it_is_given()
    {
        using SharedObject<Shapes> handle = Shapes.Create(Name(), new Shapes { Flat = [1, 2, 3, 4, 5, 6] });
        var value = new Shapes();
        Shapes before = new() { Flat = value.Flat, FlatOfRank4 = value.FlatOfRank4, Rank2 = value.Rank2, Rank3 = value.Rank3, Tensor = value.Tensor };
        Shapes same = value;
        handle.FetchInto(ref value);
        Assert.Same(same, value); // the object too
        Assert.Same(before.Flat, value.Flat);
        Assert.Same(before.FlatOfRank4, value.FlatOfRank4);
        Assert.Same(before.Rank2, value.Rank2);
        Assert.Same(before.Rank3, value.Rank3);
        Assert.Same(before.Tensor, value.Tensor);
        Assert.Equal([1, 2, 3, 4, 5, 6], value.Flat);

        value.Flat = new float[7];
        value.Rank2 = new ushort[3, 2];
        value.Rank3 = null!;
        float[] wrong = value.Flat;
        handle.FetchInto(ref value);
        Assert.NotSame(wrong, value.Flat);
        Assert.Equal([1, 2, 3, 4, 5, 6], value.Flat);
        Assert.Equal(2, value.Rank2.GetLength(0));
        Assert.Equal(6, value.Rank3.Length);
    }

    [Fact]
    public void FetchInto_fills_the_arrays_of_a_record_struct_and_of_nested_schemas()
    {
        using SharedObject<Steady> handle = Steady.Create(Name("s"), Make(1));
        Steady value = Make(2), earlier = value;
        handle.FetchInto(ref value);
        Assert.Equal(Make(1), value);
        Assert.Same(earlier.Qpos, value.Qpos);
        Assert.Same(earlier.Blob, value.Blob);
        Assert.Same(earlier.Grid, value.Grid);
        handle.Assign(Make(1) with { Blob = [9] });
        handle.FetchInto(ref value);
        Assert.Equal([9], value.Blob);

        var first = new Outer(1, new Inner("a", default, [1, 2, 3]), default, default, [1, 2]);
        using SharedObject<Outer> outer = Outer.Create(Name("o"), first);
        Outer fetched = outer.Fetch();
        int[] counts = fetched.Inner.Counts;
        double[] last = fetched.Last;
        outer.Assign(first with { Last = [3, 4], Inner = first.Inner with { Counts = [4, 5, 6] } });
        outer.FetchInto(ref fetched);
        Assert.Same(counts, fetched.Inner.Counts);
        Assert.Same(last, fetched.Last);
        Assert.Equal([4, 5, 6], counts);
        Assert.Equal([3, 4], last);
    }

    [Fact]
    public void A_fetch_gives_arrays_of_its_own()
    {
        using SharedObject<Steady> handle = Steady.Create(Name(), Make(1));
        Steady first = handle.Fetch(), second = handle.Fetch();
        Assert.NotSame(first.Qpos, second.Qpos);
        first.Qpos[0] = -1;
        Assert.Equal(Make(1), handle.Fetch());
    }

    [Fact]
    public void Fetching_into_a_class_with_arrays_allocates_nothing()
    {
        using SharedObject<Shapes> handle = Shapes.Create(Name(), new Shapes());
        var value = new Shapes();
        AssertNothing(() => handle.FetchInto(ref value), shapes: 4);
    }

    [Fact]
    public void Fetching_into_every_element_type_allocates_nothing()
    {
        using SharedObject<Elements> handle = Elements.Create(Name(), new Elements());
        var value = new Elements();
        AssertNothing(() => handle.FetchInto(ref value));
    }

    [Fact]
    public void Fetching_into_a_record_struct_with_arrays_allocates_nothing()
    {
        using SharedObject<Steady> handle = Steady.Create(Name(), Make(1));
        Steady value = Make(2);
        AssertNothing(() => handle.FetchInto(ref value), shapes: 1);
        Assert.Equal(Make(1), value);
    }

    [Fact]
    public void Fetching_into_a_large_object_allocates_nothing()
    {
        using SharedObject<Large> handle = Large.Create(Name(), new Large());
        var value = new Large();
        AssertNothing(() => handle.FetchInto(ref value), shapes: 1);
    }

    [Fact]
    public void Fetching_what_has_neither_arrays_nor_texts_allocates_nothing()
    {
        using SharedObject<Scalars> scalars = Scalars.Create(Name("a"), default);
        using SharedObject<Spatial> spatial = Spatial.Create(Name("b"), default);
        using SharedObject<Point> point = Point.Create(Name("c"), default);
        using SharedObject<Celsius> celsius = Celsius.Create(Name("d"), default);
        AssertNothing(() => scalars.Fetch());
        AssertNothing(() => spatial.Fetch());
        AssertNothing(() => point.Fetch());
        AssertNothing(() => celsius.Fetch());
        AssertNothing(() => celsius.TryFetch(out _));
    }

    [Fact]
    public void A_new_value_each_time_is_checked_and_still_nothing_is_allocated()
    {
        // Every other stamp makes the handle compare the keys again.
        using SharedObject<Steady> writer = Steady.Create(Name(), Make(1));
        using SharedObject<Steady> reader = Steady.Open(Name());
        Steady value = Make(2), next = Make(3);
        AssertNothing(() =>
        {
            writer.Assign(next);
            reader.FetchInto(ref value);
        }, shapes: 2);
        Assert.Equal(next, value);
    }

    [Fact]
    public void Assigning_and_asking_allocate_nothing()
    {
        using SharedObject<Scalars> scalars = Scalars.Create(Name("a"), default);
        using SharedObject<Large> large = Large.Create(Name("b"), new Large());
        using SharedObject<Texts> texts = Texts.Create(Name("c"), new Texts("", "", [], [], [], []));
        var value = new Large();
        var text = new Texts("some text", "short", [1, 2], [3], [4], [5]);
        bool modified = false;
        AssertNothing(() => scalars.Assign(default));
        AssertNothing(() => large.Assign(value), shapes: 1);
        AssertNothing(() => texts.Assign(text));
        AssertNothing(() => scalars.Trigger());
        AssertNothing(() => modified ^= scalars.Modified ^ scalars.Triggered);
        AssertNothing(() => modified ^= scalars.Timestamp > 0);
    }

    [Fact]
    public void What_varies_in_length_allocates_nothing_while_it_does_not()
    {
        SteadyVarying next = Make(3, 4), value = Make(5, 4);
        float[,] points = value.Points;
        List<Steady> inner = value.Inner;
        double[] qpos = inner[1].Qpos;
        using SharedObject<SteadyVarying> writer = SteadyVarying.Create(Name(), next);
        using SharedObject<SteadyVarying> reader = SteadyVarying.Open(Name());
        reader.FetchInto(ref value);
        AssertNothing(() =>
        {
            writer.Assign(next);
            reader.FetchInto(ref value);
        }, shapes: 20);
        Assert.Equal(next, value);
        Assert.Same(points, value.Points);
        Assert.Same(inner, value.Inner);
        Assert.Same(qpos, inner[1].Qpos);

        // An array can't change its length; a list can.
        writer.Assign(Make(7, 2));
        reader.FetchInto(ref value);
        Assert.Equal(Make(7, 2), value);
        Assert.NotSame(points, value.Points);
        Assert.Same(inner, value.Inner);
        writer.Assign(next);
        reader.FetchInto(ref value);
        Assert.Equal(next, value);

        static SteadyVarying Make(int salt, int count) => new(
            new float[count, 3],
            new byte[count],
            [.. Enumerable.Range(0, count).Select(i => ($"text {i + salt}", new Point(i, salt)))],
            [.. Enumerable.Range(salt, count).Select(SchemaAllocationTests.Make)],
            [.. Enumerable.Range(salt, count).Select(i => (long)i)]);
    }

    [Fact]
    public void Looking_at_what_varies_in_length_allocates_nothing()
    {
        using SharedObject<SteadyVarying> handle = SteadyVarying.Create(Name(), new SteadyVarying(new float[5, 3], new byte[5], [], [], []));
        long sum = 0;
        AssertNothing(() => sum += handle.Fetch(static view => view.PointsLength + view.Points.FlattenedLength + view.PointsRows.Height + view.Flat.Length), shapes: 3);
        AssertNothing(() => handle.Update(static w => w.Flat[w.FlatLength - 1]++), shapes: 3);
        Assert.NotEqual(0, sum);
    }

    private static Steady Make(int salt) => new(
        salt,
        [.. Enumerable.Range(0, 7).Select(i => (double)(i + salt))],
        new Point(salt, -salt),
        [(byte)salt, 2, 3],
        new float[,] { { salt, 2 }, { 3, 4 } },
        new Vector3(salt));

    /// <param name="action">What is not to allocate.</param>
    /// <param name="shapes">
    /// How many shapes of arrays the generated code passes on. In an assembly that was compiled without optimisation the JIT
    /// makes each such span of constants through the runtime, which allocates <see cref="ConstantSpan"/> bytes.
    /// </param>
    private static void AssertNothing(Action action, int shapes = 0)
    {
        long allowed = s_isOptimised ? 0 : (long)shapes * ConstantSpan * Iterations;
        long allocated = 0;
        // Until the code has been compiled for good, which happens in the background.
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Iterations; i++)
            {
                action();
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated <= allowed)
            {
                return;
            }
        }

        Assert.Fail($"{Iterations} calls allocated {allocated} bytes");
    }
}
