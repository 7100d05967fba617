using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using SharedObjects.Wire;

namespace SharedObjects.Tests.Interop;

/// <summary>Two different values of one layout, for every type of the wire.</summary>
internal sealed record WireSample(string Name, object? First, object? Second)
{
    private static readonly int[][] Shapes = [[], [7], [2, 3], [2, 3, 4], [2, 1, 3, 2], [1, 2, 1, 2, 3], [0], [2, 0, 3], [0, 0, 0, 0, 0]];

    /// <summary>What the seed-like peer knows too.</summary>
    internal static IReadOnlyList<WireSample> Plain { get; } =
    [
        new("bool", true, false),
        new("int", long.MinValue, long.MaxValue),
        new("small int", -1L, 0L),
        new("float", Math.PI, -0.0),
        new("subnormal float", double.Epsilon, double.MaxValue),
        new("float that is none", double.NaN, double.NegativeInfinity),
        new("complex", new Complex(-0.0, 1.5), new Complex(double.PositiveInfinity, double.Epsilon)),
        new("str", "Grüße, 世界 🦾", ""),
        new("str with NULs", "a\0b\0", "\0"),
        new("bytes", new byte[] { 0, 255, 0, 0 }, Array.Empty<byte>()),
        new("bytearray", new ByteArray([255, 255]), new ByteArray([0])),
        new("long str", new string('ä', 300), new string('€', 200)),
    ];

    internal static IReadOnlyList<WireSample> Others { get; } =
    [
        new("None", null, null),
        new("Pose", new Pose(1, -2.5f, 3e-20f, 0.5f, -0.5f, 0.5f, -0.5f), Pose.Identity),
        new("empty dict", new SharedDict(), new SharedDict()),
        new("dict of every type", Dict(1), Dict(2)),
        new("several ndarrays", Arrays(1), Arrays(2)),
        new("nested dicts", Nested(1, depth: 4), Nested(2, depth: 4)),
        new("keys of every type", Keys(1), Keys(2)),
        new("tuple of every type", SharedTuple.From(Dict(1).Values), SharedTuple.From(Dict(2).Values)),
        new("list of every type", SharedList.From(Dict(1).Values), SharedList.From(Dict(2).Values)),
        new("list that shrinks", SharedList.Create("a", "b", null, 1L), SharedList.Create("c")),
        new("list that is emptied", SharedList.Create(Nested(1, 2), SharedTuple.Create(Array_(DType.Int16, 1, 2, 3))), SharedList.Empty),
        new("empty sequences", SharedTuple.Create(SharedTuple.Empty, SharedList.Empty, SharedSet.Empty), SharedTuple.Create(SharedTuple.Empty, SharedList.Empty, SharedSet.Empty)),
        new("set of every type", Elements(1), Elements(2)),
        new("set that shrinks", SharedSet.Create("a", "b", "c"), SharedSet.Create("ä")),
        new("sequences in a dict", Sequences(1), Sequences(2)),
    ];

    internal static IEnumerable<WireSample> ArraysOf(DType dtype) => Shapes.Select(shape => new WireSample(
        $"{DTypes.NameOf(dtype)} ({string.Join(", ", shape)})", Array_(dtype, 1, shape), Array_(dtype, 2, shape)));

    /// <summary>An array of arbitrary bits, other ones for each <paramref name="salt"/>.</summary>
    internal static NDArray Array_(DType dtype, int salt, params int[] shape)
    {
        int size = shape.Aggregate(DTypes.SizeOf(dtype), (product, length) => product * length);
        byte[] bytes = new byte[size];
        new Random((salt * 1000) + (int)dtype).NextBytes(bytes);
        if (dtype == DType.Bool)
        {
            for (int i = 0; i < size; i++)
            {
                bytes[i] = (byte)((i + salt) & 1);
            }
        }

        return NDArray.FromBytes(dtype, shape, bytes);
    }

    private static SharedDict Arrays(int salt)
    {
        var dict = new SharedDict();
        for (int i = 0; i < DTypes.Count; i++)
        {
            dict.Add(DTypes.NameOf((DType)i), Array_((DType)i, salt, 3, i % 3));
        }

        return dict;
    }

    private static SharedDict Dict(int salt) => new()
    {
        { "none", null },
        { "bool", salt == 1 },
        { "int", (long)salt },
        { "float", salt / 3.0 },
        { "complex", new Complex(salt, -salt) },
        { "pose", new Pose(salt, 0, 0, 1, 0, 0, 0) },
        { "str", "text " + salt },
        { "bytes", new byte[] { (byte)salt, 0 } },
        { "bytearray", new ByteArray([0, (byte)salt]) },
        { "ndarray", Array_(DType.Float64, salt, 7) },
        { "dict", Nested(salt, depth: 1) },
        { "", new SharedDict() },
    };

    private static SharedDict Nested(int salt, int depth)
    {
        var dict = new SharedDict { { "depth", (long)depth }, { "values", Array_(DType.Int16, salt + depth, 2, depth) } };
        if (depth > 0)
        {
            dict.Add("inner", Nested(salt, depth - 1));
        }

        dict.Add("last", salt / 7.0);
        return dict;
    }

    private static SharedSet Elements(int salt) => SharedSet.From(
        [null, salt == 1, salt * 7L, -salt * 1000L, salt + 0.5, new Complex(0, salt), new Pose(salt, 2, 3, 1, 0, 0, 0), "t" + salt, "", new byte[] { (byte)salt, 0 }]);

    private static SharedDict Sequences(int salt) => new()
    {
        { "tuple", SharedTuple.Create(salt + 1L, SharedList.Create("a" + salt, SharedSet.Create(salt + 0L)), Array_(DType.Float32, salt, 3)) },
        { "list", SharedList.Create(Nested(salt, depth: 1), Nested(salt, depth: 1)) },
        { "set", Elements(salt) },
    };

    private static SharedDict Keys(int salt) => new()
    {
        { null, (long)salt },
        { true, salt + 1L },
        { 2L, salt + 2L },
        { 0.5, salt + 3L },
        { new Complex(0, 1), salt + 4L },
        { new Pose(1, 2, 3, 1, 0, 0, 0), salt + 5L },
        { "text\0", salt + 6L },
        { new byte[] { 0, 255 }, salt + 7L },
    };
}
