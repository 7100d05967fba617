using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using CsCheck;
using SharedObjects.Wire;

namespace SharedObjects.Tests.Interop;

/// <summary>Random values of every type of the wire.</summary>
internal static class WireGen
{
    private const int MaxDepth = 3;

    // All NaNs have one form in JSON, which is read as this one. (The elements of arrays have all bits there are.)
    private static readonly Gen<double> Float = Gen.OneOf(
        Gen.ULong.Select(BitConverter.UInt64BitsToDouble),
        Gen.Double,
        Special(0.0, -0.0, 1.0, double.Epsilon, double.MaxValue, double.NaN, double.PositiveInfinity, double.NegativeInfinity))
        .Select(number => double.IsNaN(number) ? BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0000) : number);

    private static readonly Gen<float> Single = Gen.UInt.Select(BitConverter.UInt32BitsToSingle).Where(number => !float.IsNaN(number));

    private static readonly Gen<long> Integer = Gen.OneOf(Gen.Long, Gen.Long[-3, 3], Special(long.MinValue, long.MaxValue));

    private static readonly Gen<Pose> Poses = Single.Array[7].Select(n => new Pose(n[0], n[1], n[2], n[3], n[4], n[5], n[6]));

    private static readonly Gen<Complex> Complexes = Gen.Select(Float, Float, (re, im) => new Complex(re, im));

    private static readonly Gen<string> Character = Gen.OneOf(
        Gen.Int[0, 0],
        Gen.Int[1, 0x7F],
        Gen.Int[0x80, 0x7FF],
        Gen.Int[0x800, 0xD7FF],
        Gen.Int[0xE000, 0xFFFF],
        Gen.Int[0x10000, 0x10FFFF]).Select(char.ConvertFromUtf32);

    private static readonly Gen<string> Texts =
        Gen.OneOf(Character.Array[0, 8], Character.Array[0, 8], Character.Array[20, 80]).Select(string.Concat);

    private static readonly Gen<byte[]> ByteStrings = Gen.OneOf(
        Gen.Byte.Array[0, 8],
        Gen.Bool.Select(bit => bit ? (byte)255 : (byte)0).Array[0, 8], // the terminator and the padding, as payload
        Gen.Byte.Array[40, 120]);

    private static readonly Gen<NDArray> Arrays = Gen.Select(
        Gen.Int[0, DTypes.Count - 1],
        Gen.Int[0, 4].Array[0, 4],
        Gen.Int,
        (dtype, shape, seed) =>
        {
            byte[] bytes = new byte[shape.Aggregate(DTypes.SizeOf((DType)dtype), (product, length) => product * length)];
            new Random(seed).NextBytes(bytes);
            if ((DType)dtype == DType.Bool)
            {
                bytes = [.. bytes.Select(item => (byte)(item & 1))];
            }

            return NDArray.FromBytes((DType)dtype, shape, bytes);
        });

    private static readonly Gen<object?> Key = Gen.Frequency(
        (10, Texts.Cast()),
        (2, ByteStrings.Cast()),
        (2, Integer.Cast()),
        (1, Float.Cast()),
        (1, Complexes.Cast()),
        (1, Poses.Cast()),
        (1, Gen.Bool.Cast()),
        (1, Gen.Bool.Select(_ => (object?)null)));

    /// <summary>A value of any type; dicts, tuples, lists and sets up to three deep in each other included.</summary>
    internal static Gen<object?> Value { get; } = ValueOf(MaxDepth);

    private static Gen<object?> ValueOf(int depth)
    {
        var leaf = new List<(int, Gen<object?>)>
        {
            (1, Gen.Bool.Select(_ => (object?)null)),
            (1, Gen.Bool.Cast()),
            (2, Integer.Cast()),
            (2, Float.Cast()),
            (1, Complexes.Cast()),
            (1, Poses.Cast()),
            (3, Texts.Cast()),
            (2, ByteStrings.Cast()),
            (2, ByteStrings.Select(bytes => new ByteArray(bytes)).Cast()),
            (5, Arrays.Cast()),
        };
        if (depth > 0)
        {
            leaf.Add((7, Gen.Select(Key, ValueOf(depth - 1)).Array[0, 5].Select(ToDict).Cast()));
            leaf.Add((3, ValueOf(depth - 1).Array[0, 5].Select(elements => SharedTuple.From(elements)).Cast()));
            leaf.Add((3, ValueOf(depth - 1).Array[0, 5].Select(elements => SharedList.From(elements)).Cast()));
            // Of texts only: to Python (1,) and (1.0,) are one element, too.
            Gen<object?> pair = Gen.Select(Texts, Texts, (left, right) => SharedTuple.Create(left, SharedTuple.Create(right))).Cast();
            leaf.Add((1, pair.Array[0, 4].Select(pairs => SharedSet.From(pairs)).Cast()));
            leaf.Add((3, Key.Array[0, 8].Select(keys => SharedSet.From(ToDict([.. keys.Select(key => (key, (object?)null))]).Keys)).Cast()));
        }

        return Gen.Frequency([.. leaf]);
    }

    private static Gen<T> Special<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<object?> Cast<T>(this Gen<T> gen) => gen.Select(value => (object?)value);

    // To Python 1, 1.0, True and 1+0j are one key, and each NaN is another.
    private static SharedDict ToDict((object? Key, object? Value)[] items)
    {
        var dict = new SharedDict();
        var numbers = new HashSet<Complex>();
        foreach ((object? key, object? value) in items)
        {
            Complex? number = key switch
            {
                bool flag => flag ? 1 : 0,
                long integer => integer,
                double real => real,
                Complex complex => complex,
                _ => null,
            };
            bool isNew = number is { } known
                ? !double.IsNaN(known.Real) && !double.IsNaN(known.Imaginary) && numbers.Add(known)
                : !dict.ContainsKey(key);
            if (isNew)
            {
                dict.Add(key, value);
            }
        }

        return dict;
    }
}
