using System;
using System.Linq;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using SharedObjects.Wire;

namespace SharedObjects.Tests.Interop;

/// <summary>Handles of C# types against a Python process: each type made by either side, assigned by both.</summary>
public sealed class TypedHandleTests(PeerFixture fixture) : PeerTest(fixture)
{
    private enum Mode : byte
    {
        Idle,
        Moving = 7,
    }

    private enum Signed : long
    {
        Lowest = long.MinValue,
        Highest = long.MaxValue,
    }

    [Fact]
    public void A_bool() => Exchange(true, false, value => value);

    [Fact]
    public void Integers_of_every_width_to_their_limits()
    {
        Exchange(long.MinValue, long.MaxValue, value => value, "long");
        Exchange(int.MinValue, int.MaxValue, value => (long)value, "int");
        Exchange(short.MinValue, short.MaxValue, value => (long)value, "short");
        Exchange(sbyte.MinValue, sbyte.MaxValue, value => (long)value, "sbyte");
        Exchange(byte.MinValue, byte.MaxValue, value => (long)value, "byte");
        Exchange(ushort.MinValue, ushort.MaxValue, value => (long)value, "ushort");
        Exchange(uint.MinValue, uint.MaxValue, value => (long)value, "uint");
        Exchange(0UL, (ulong)long.MaxValue, value => (long)value, "ulong");
    }

    [Fact]
    public void Enums()
    {
        Exchange(Mode.Idle, Mode.Moving, value => (long)value, "byte");
        Exchange(Signed.Lowest, Signed.Highest, value => (long)value, "long");
    }

    [Fact]
    public void Floats_of_both_widths()
    {
        Exchange(-0.0, double.Epsilon, value => value, "double");
        Exchange(float.Epsilon, float.NegativeInfinity, value => (double)value, "float");
    }

    [Fact]
    public void A_complex_number() => Exchange(new Complex(1, -0.0), new Complex(double.MaxValue, double.Epsilon), value => value);

    [Fact]
    public void A_pose() => Exchange(Pose.Identity, new Pose(1, 2, 3, 0, 1, 0, 0), value => value);

    [Fact]
    public void A_text() => Exchange("ÄÖ🤖\0", "", value => value);

    [Fact]
    public void Bytes_and_bytearrays()
    {
        Exchange(new byte[] { 1, 0 }, [255], value => value, "bytes");
        Exchange(new ByteArray([1, 0]), new ByteArray([]), value => value, "bytearray");
    }

    [Fact]
    public void Spatial_types_as_numpy_writes_them()
    {
        Exchange(new Vector3(1, 2, 3), new Vector3(-1, -2, -3), value => NDArray.Create<float>([value.X, value.Y, value.Z], 3), "vector");
        Exchange(
            new Quaternion(1, 2, 3, 4), Quaternion.Identity,
            value => NDArray.Create<float>([value.X, value.Y, value.Z, value.W], 4),
            "quaternion");
        // Column vectors in numpy, row vectors here: the translation is in the last column there and in the last row here.
        Exchange(
            Matrix4x4.CreateTranslation(1, 2, 3), Matrix4x4.CreateRotationZ(1),
            m => NDArray.Create<float>(
                [m.M11, m.M21, m.M31, m.M41, m.M12, m.M22, m.M32, m.M42, m.M13, m.M23, m.M33, m.M43, m.M14, m.M24, m.M34, m.M44], 4, 4),
            "matrix");
    }

    [Fact]
    public void The_translation_of_a_matrix_is_in_the_last_column_for_numpy()
    {
        using SharedObject<Matrix4x4> here = SharedObject.Create(Name(), Matrix4x4.CreateTranslation(5, 6, 7));
        Peer.Open("there", Name());
        float[] expected = [1, 0, 0, 5, 0, 1, 0, 6, 0, 0, 1, 7, 0, 0, 0, 1];
        AssertSame(NDArray.Create<float>(expected, 4, 4), Peer.Fetch("there"));
        Close("there");
    }

    [Fact]
    public void Arrays_of_one_to_three_dimensions_and_tensors()
    {
        Exchange(new double[] { 1, 2, 3 }, new double[] { -1, -0.0, double.NaN }, value => NDArray.Create<double>(value, 3), "1");
        Exchange(new ushort[,] { { 1, 2, 3 }, { 4, 5, 6 } }, new ushort[2, 3], value => Untyped<ushort>(value), "2");
        Exchange(new byte[1, 2, 2] { { { 1, 2 }, { 3, 4 } } }, new byte[1, 2, 2], value => Untyped<byte>(value), "3");
        Exchange(
            Tensor.Create([1f, 2, 3, 4], [1, 2, 1, 2]), Tensor.Create([5f, 6, 7, 8], [1, 2, 1, 2]),
            value => NDArray.Create<float>([.. value], 1, 2, 1, 2),
            "tensor");
    }

    [Fact]
    public void An_array_of_any_type_and_a_dict()
    {
        Exchange(WireSample.Array_(DType.LongDouble, 1, 2, 2), WireSample.Array_(DType.LongDouble, 2, 2, 2), value => value, "ndarray");
        Exchange(new SharedDict { { "a", 1L } }, new SharedDict { { "a", 2L } }, value => value, "dict");
    }

    [Fact]
    public void A_tensor_that_is_a_slice_is_written_in_C_order()
    {
        Tensor<bool> whole = Tensor.Create([true, false, true, false, false, true, true, false, true], [3, 3]);
        Tensor<bool> left = whole.Slice([0..3, 0..2]);
        Assert.False(left.IsDense);
        using SharedObject<Tensor<bool>> here = SharedObject.Create(Name("t"), Tensor.Create(new bool[6], [3, 2]));
        Peer.Open("there", Name("t"));
        here.Assign(left);
        NDArray expected = NDArray.Create<bool>([true, false, false, false, true, false], 3, 2);
        AssertSame(expected, Peer.Fetch("there"));

        using SharedArray<bool> array = SharedArray<bool>.Open(Name("t"));
        array.Assign(new bool[6]).Assign(left.AsReadOnlyTensorSpan());
        AssertSame(expected, Peer.Fetch("there"));
        Close("there");
    }

    [Fact]
    public void Shared_arrays_of_every_element_type_and_rank()
    {
        ExchangeArrays<bool>();
        ExchangeArrays<sbyte>();
        ExchangeArrays<byte>();
        ExchangeArrays<short>();
        ExchangeArrays<ushort>();
        ExchangeArrays<int>();
        ExchangeArrays<uint>();
        ExchangeArrays<long>();
        ExchangeArrays<ulong>();
        ExchangeArrays<Half>();
        ExchangeArrays<float>();
        ExchangeArrays<double>();
        ExchangeArrays<LongDouble>();
        ExchangeArrays<Complex64>();
        ExchangeArrays<Complex>();
        ExchangeArrays<LongDoubleComplex>();
    }

    [Fact]
    public void A_trigger_made_by_either_side_is_one_for_the_other()
    {
        using SharedTrigger here = SharedTrigger.OpenOrCreate(Name("c"));
        Peer.Open("there", Name("c"));
        Assert.Null(Peer.Fetch("there"));
        here.Trigger();
        Assert.True(Peer.Triggered("there"));
        Assert.False(Peer.Triggered("there"));

        Peer.Open("made", Name("p"));
        using SharedTrigger mounted = SharedTrigger.Open(Name("p"));
        Assert.False(mounted.Triggered);
        Peer.Trigger("made");
        Assert.True(mounted.Triggered);
        Assert.False(mounted.Triggered);
        Close("there");
        Close("made");
    }

    [Fact]
    public void A_bool_of_Python_that_is_neither_0_nor_1_is_true()
    {
        PlainCreate(Name(), NDArray.FromBytes(DType.Bool, [3], [0, 2, 255]));
        using SharedArray<bool> here = SharedArray<bool>.Open(Name());
        bool[] fetched = new bool[3];
        here.FetchInto(fetched);
        Assert.Equal<byte>([0, 1, 1], MemoryMarshal.AsBytes(fetched.AsSpan()).ToArray());
        Assert.True(here.Fetch(static view => MemoryMarshal.AsBytes(view.GetSpan([0], 3)).SequenceEqual<byte>([0, 1, 1])));
    }

    [Fact]
    public void A_number_beyond_the_range_of_the_CSharp_type_is_an_exception_and_not_another_number()
    {
        Peer.Open("int", Name("i"), 0L);
        using SharedObject<byte> narrow = SharedObject.Open<byte>(Name("i"));
        using SharedObject<Mode> mode = SharedObject.Open<Mode>(Name("i"));
        using SharedObject<ulong> unsigned = SharedObject.Open<ulong>(Name("i"));
        Peer.Assign("int", 256L);
        SharedRangeException e = Assert.Throws<SharedRangeException>(() => narrow.Fetch());
        Assert.Equal(Name("i"), e.ObjectName);
        Assert.Contains("256", e.Message, StringComparison.Ordinal);
        Assert.Contains("0 to 255", e.Message, StringComparison.Ordinal);
        Assert.Throws<SharedRangeException>(() => mode.Fetch());
        Peer.Assign("int", -1L);
        Assert.Throws<SharedRangeException>(() => unsigned.Fetch());
        Assert.Throws<SharedValueException>(() => unsigned.Assign(1UL << 63));
        AssertSame(-1L, Peer.Fetch("int"));

        Peer.Open("float", Name("f"), 1e300);
        using SharedObject<float> single = SharedObject.Open<float>(Name("f"));
        Assert.Contains("1E+300", Assert.Throws<SharedRangeException>(() => single.Fetch()).Message, StringComparison.Ordinal);
        Close("int");
        Close("float");
    }

    [Fact]
    public void A_type_that_Python_did_not_write_is_refused_with_both_types_in_the_message()
    {
        Peer.Open("there", Name(), NDArray.Create<double>([1, 2], 2));
        AssertRefused<float[]>("float32", "float64 (2,)");
        AssertRefused<double[,]>("2 dimensions", "float64 (2,)");
        AssertRefused<long>("int", "float64 (2,)");
        AssertRefused<string>("str", "float64 (2,)");
        AssertRefused<Pose>("Pose", "float64 (2,)");
        AssertRefused<Vector3>("float32 (3,)", "float64 (2,)");
        AssertRefused<SharedDict>("dict", "float64 (2,)");
        SharedSchemaException e = Assert.Throws<SharedSchemaException>(() => SharedArray<double>.OpenOrCreate(Name(), [2, 1]));
        Assert.Contains("(2, 1)", e.Message, StringComparison.Ordinal);
        Close("there");
    }

    private void AssertRefused<T>(string expected, string found)
    {
        SharedSchemaException e = Assert.Throws<SharedSchemaException>(() => SharedObject.Open<T>(Name()));
        Assert.Equal(Name(), e.ObjectName);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Contains(found, e.Message, StringComparison.Ordinal);
    }

    private void Exchange<T>(T first, T second, Func<T, object?> untyped, string label = "")
    {
        using (SharedObject<T> here = SharedObject.Create(Name(label + "c"), first))
        {
            Peer.Open("there", Name(label + "c"));
            AssertSame(untyped(first), Peer.Fetch("there"), "as made by C#");
            Peer.Assign("there", untyped(second));
            AssertSame(untyped(second), untyped(here.Fetch()), "as assigned by Python");
            here.Assign(first);
            AssertSame(untyped(first), Peer.Fetch("there"), "as assigned by C#");
            Close("there");
        }

        Peer.Open("there", Name(label + "p"), untyped(first));
        using (SharedObject<T> here = SharedObject.Open<T>(Name(label + "p")))
        {
            AssertSame(untyped(first), untyped(here.Fetch()), "as made by Python");
            here.Assign(second);
            AssertSame(untyped(second), Peer.Fetch("there"), "as assigned by C#");
            Peer.Assign("there", untyped(first));
            T into = second;
            here.FetchInto(ref into);
            AssertSame(untyped(first), untyped(into), "as assigned by Python, fetched into");
            Close("there");
        }
    }

    private void ExchangeArrays<T>()
        where T : unmanaged
    {
        DType dtype = DTypes.Of<T>();
        int[][] shapes = [[], [5], [2, 3], [2, 2, 2], [1, 2, 3, 1], [2, 1, 2, 1, 2], [0], [3, 0]];
        foreach ((int index, int[] shape) in shapes.Index())
        {
            NDArray first = WireSample.Array_(dtype, 1, shape), second = WireSample.Array_(dtype, 2, shape);
            string made = Name($"{dtype}c{index}"), python = Name($"{dtype}p{index}");
            using SharedArray<T> here = SharedArray<T>.OpenOrCreate(made, shape);
            Peer.Open("there", made);
            AssertSame(NDArray.FromBytes(dtype, shape, new byte[first.Bytes.Length]), Peer.Fetch("there"), $"new {first}");
            here.Assign(first.AsSpan<T>());
            AssertSame(first, Peer.Fetch("there"), $"{first} as assigned by C#");
            Peer.Assign("there", second);
            T[] elements = new T[second.Length];
            here.FetchInto(elements);
            AssertSame(second, NDArray.Create<T>(elements, shape), $"{first} as assigned by Python");
            Close("there");

            Peer.Open("there", python, first);
            using SharedArray<T> mounted = SharedArray<T>.Open(python);
            Assert.Equal(shape, mounted.Shape);
            Assert.Equal(first.Length, mounted.Length);
            Tensor<T> tensor = mounted.Fetch();
            AssertSame(first, NDArray.Create<T>([.. tensor], shape), $"{first} as made by Python");
            int[] expectedShape = shape.Length == 0 ? [1] : shape;
            Assert.Equal(expectedShape, tensor.Lengths.ToArray().Select(length => (int)length));
            mounted.Update(span => second.AsSpan<T>().CopyTo(MemoryMarshal.CreateSpan(ref span.GetPinnableReference(), second.Length)));
            AssertSame(second, Peer.Fetch("there"), $"{first} as updated by C#");
            Close("there");
        }
    }

    private static NDArray Untyped<T>(Array array)
        where T : unmanaged =>
        NDArray.Create<T>([.. array.Cast<T>()], [.. Enumerable.Range(0, array.Rank).Select(array.GetLength)]);
}
