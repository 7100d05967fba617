using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;
using SharedObjects.Wire;

namespace SharedObjects.Tests.Values;

/// <summary>The types that stand for Python's where C# has none: equality, order, and what they refuse.</summary>
public sealed class UntypedValueTests : SegmentTest
{
    [Fact]
    public void Arrays_are_equal_by_type_shape_and_bytes()
    {
        NDArray array = NDArray.Create<int>([1, 2, 3, 4, 5, 6], 2, 3);
        NDArray same = NDArray.Create<int>([1, 2, 3, 4, 5, 6], 2, 3);
        Assert.Equal(array, same);
        Assert.Equal(array.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(array, NDArray.Create<int>([1, 2, 3, 4, 5, 6], 3, 2));
        Assert.NotEqual(array, NDArray.Create<uint>([1, 2, 3, 4, 5, 6], 2, 3));
        Assert.NotEqual(array, NDArray.Create<int>([1, 2, 3, 4, 5, 7], 2, 3));
        Assert.False(array.Equals(null));
        Assert.False(array.Equals("array"));
        Assert.NotEqual(NDArray.Create<int>([], 0), NDArray.Create<int>([], 0, 1));
        // By bits, where numbers would compare otherwise.
        Assert.Equal(NDArray.Create<double>([double.NaN], 1), NDArray.Create<double>([double.NaN], 1));
        Assert.NotEqual(NDArray.Create<double>([0.0], 1), NDArray.Create<double>([-0.0], 1));
        Assert.Equal("ndarray int32 (2, 3)", array.ToString());
        Assert.Equal("ndarray uint8 (1,)", NDArray.Create<byte>([1], 1).ToString());
        Assert.Equal("ndarray uint8 ()", NDArray.Create<byte>([1]).ToString());
    }

    [Fact]
    public void An_array_has_copies_and_says_what_it_is()
    {
        int[] elements = [1, 2, 3, 4];
        NDArray array = NDArray.Create<int>(elements, 2, 2);
        elements[0] = 99;
        Assert.Equal([1, 2, 3, 4], array.AsSpan<int>().ToArray());
        Assert.Equal(DType.Int32, array.DType);
        Assert.Equal<int>([2, 2], array.Shape);
        Assert.Equal(4, array.Length);
        Assert.Equal(16, array.Bytes.Length);
        Tensor<int> tensor = array.ToTensor<int>();
        Assert.Equal(3, tensor[1, 0]);
        tensor[1, 0] = 99;
        Assert.Equal(3, array.AsSpan<int>()[2]);
        Assert.Equal(1, NDArray.Create<int>([7]).Length); // 0-d
        Assert.Equal([1], NDArray.Create<int>([7]).ToTensor<int>().Lengths.ToArray());
        Assert.Equal(0, NDArray.Create<int>([], 3, 0).Length);
    }

    [Fact]
    public void What_is_an_array_in_a_typed_object_is_one_without_a_type_too()
    {
        Assert.Equal(NDArray.Create<float>([1, 2, 3], 3), Shared(new Vector3(1, 2, 3)));
        Assert.Equal(NDArray.Create<float>([1, 2, 3, 4], 4), Shared(new Quaternion(1, 2, 3, 4)));
        Assert.Equal(NDArray.Create<float>([1, 0, 0, 7, 0, 1, 0, 8, 0, 0, 1, 9, 0, 0, 0, 1], 4, 4), Shared(Matrix4x4.CreateTranslation(7, 8, 9)));
        Assert.Equal(NDArray.Create<bool>([true, false], 1, 2), Shared(Tensor.Create([true, false], [1, 2])));
        Assert.Equal(NDArray.Create<sbyte>([-1], 1), Shared(Tensor.Create<sbyte>([-1], [1])));
        Assert.Equal(NDArray.Create<byte>([1], 1), Shared(Tensor.Create<byte>([1], [1])));
        Assert.Equal(NDArray.Create<short>([-1], 1), Shared(Tensor.Create<short>([-1], [1])));
        Assert.Equal(NDArray.Create<ushort>([1], 1), Shared(Tensor.Create<ushort>([1], [1])));
        Assert.Equal(NDArray.Create<int>([1, 2, 3, 4, 5, 6], 2, 3), Shared(Tensor.Create([1, 2, 3, 4, 5, 6], [2, 3])));
        Assert.Equal(NDArray.Create<uint>([1], 1), Shared(Tensor.Create<uint>([1], [1])));
        Assert.Equal(NDArray.Create<long>([-1], 1), Shared(Tensor.Create<long>([-1], [1])));
        Assert.Equal(NDArray.Create<ulong>([1], 1), Shared(Tensor.Create<ulong>([1], [1])));
        Assert.Equal(NDArray.Create<Half>([(Half)1.5], 1), Shared(Tensor.Create([(Half)1.5], [1])));
        Assert.Equal(NDArray.Create<float>([], 0, 3), Shared(Tensor.Create<float>([], [0, 3])));
        Assert.Equal(NDArray.Create<double>([1.5], 1, 1, 1), Shared(Tensor.Create([1.5], [1, 1, 1])));
        Assert.Equal(NDArray.Create<Complex64>([new(1, 2)], 1), Shared(Tensor.Create([new Complex64(1, 2)], [1])));
        Assert.Equal(NDArray.Create<Complex>([new(1, 2)], 1), Shared(Tensor.Create([new Complex(1, 2)], [1])));
        Assert.Equal(NDArray.Create<LongDouble>([LongDouble.FromDouble(1.5)], 1), Shared(Tensor.Create([LongDouble.FromDouble(1.5)], [1])));
        Assert.Equal(NDArray.Create<LongDoubleComplex>([default], 1), Shared(Tensor.Create([default(LongDoubleComplex)], [1])));
        Assert.Equal(NDArray.Create<int>([1, 3], 2, 1), Shared(Tensor.Create([1, 2, 3, 4], [2, 2]).Slice([System.Buffers.NRange.All, System.Buffers.NRange.EndAt(1)]))); // not dense

        // Inside others as well; and what is no array of the wire is none.
        var dict = (SharedDict)Shared(new SharedDict { ["at"] = new Vector3(1, 2, 3) })!;
        Assert.Equal(NDArray.Create<float>([1, 2, 3], 3), dict["at"]);
        Assert.Contains("Vector3", Assert.Throws<SharedValueException>(() => Shared(Tensor.Create(["text"], [1]))).Message, StringComparison.Ordinal);

        object? Shared(object value)
        {
            using SharedDynamicObject changing = SharedDynamicObject.Publish(Name("changing"), value);
            object? seen = changing.Fetch();
            string name = Name(Guid.NewGuid().ToString());
            using SharedObject<object?> handle = SharedObject.Create<object?>(name, value);
            Assert.Equal(seen, handle.Fetch());
            return seen;
        }
    }

    [Fact]
    public void An_array_refuses_what_does_not_fit_it()
    {
        Assert.Throws<ArgumentException>(() => NDArray.Create<int>([1, 2, 3], 2, 2));
        Assert.Throws<ArgumentException>(() => NDArray.FromBytes(DType.Int32, [2], new byte[7]));
        Assert.Throws<NotSupportedException>(() => NDArray.Create<decimal>([1], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => NDArray.FromBytes(DType.UInt8, [-1], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => NDArray.FromBytes((DType)16, [1], [0]));
        NDArray array = NDArray.Create<int>([1], 1);
        Assert.Contains("System.Int32", Assert.Throws<InvalidOperationException>(() => array.AsSpan<uint>()).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => array.ToTensor<float>());
    }

    [Fact]
    public void Bytearrays_are_equal_by_their_bytes_and_never_to_bytes()
    {
        var array = new ByteArray([1, 2]);
        Assert.Equal(array, new ByteArray([1, 2]));
        Assert.Equal(array.GetHashCode(), new ByteArray([1, 2]).GetHashCode());
        Assert.NotEqual(array, new ByteArray([1, 3]));
        Assert.NotEqual(array, new ByteArray([1]));
        Assert.False(array.Equals(new byte[] { 1, 2 }));
        Assert.False(array.Equals(null));
        Assert.Throws<ArgumentNullException>(() => new ByteArray(null!));
        Assert.Equal("bytearray of 2 bytes", array.ToString());
    }

    [Fact]
    public void Complex64_is_two_floats_and_rounds_only_where_it_is_asked_to()
    {
        var number = new Complex64(1.5f, -0f);
        Complex wide = number;
        Assert.Equal(new Complex(1.5, -0.0), wide);
        Assert.True(double.IsNegative(wide.Imaginary));
        Assert.Equal(number, (Complex64)wide);
        Assert.Equal(new Complex64(0.1f, float.PositiveInfinity), (Complex64)new Complex(0.1, 1e300));
        Assert.Equal(Complex64.FromComplex(new Complex(1, 2)), new Complex64(1, 2));
        Assert.NotEqual(new Complex64(1, 2), new Complex64(2, 1));
        Assert.Equal("<1.5; 2>", new Complex64(1.5f, 2).ToString());
        Assert.Equal(8, Marshal.SizeOf<Complex64>());
        Assert.Equal<byte>([0, 0, 0xC0, 0x3F, 0, 0, 0, 0x80], MemoryMarshal.AsBytes<Complex64>(new[] { number }).ToArray());
    }

    [Fact]
    public void A_dict_keeps_the_order_of_insertion()
    {
        var dict = new SharedDict { { "b", 1L }, { "a", 2L }, { null, 3L } };
        Assert.Equal(["b", "a", null], dict.Keys);
        dict["b"] = 4L; // keeps its place
        dict["c"] = 5L; // goes to the end
        Assert.Equal(["b", "a", null, "c"], dict.Keys);
        Assert.Equal([4L, 2L, 3L, 5L], dict.Values);
        Assert.Equal(4, dict.Count);
        Assert.Equal(4, ((IEnumerable)dict).Cast<object>().Count());
        Assert.Equal(new KeyValuePair<object?, object?>("c", 5L), dict.Last());
        Assert.Equal("{b: 4, a: 2, : 3, c: 5}", dict.ToString());
    }

    [Fact]
    public void Keys_are_found_by_type_and_contents()
    {
        var dict = new SharedDict { { 1, "int" }, { new byte[] { 1, 2 }, "bytes" }, { "1", "text" }, { 0.5f, "float" }, { true, "bool" } };
        Assert.Equal("int", dict[1L]);
        Assert.Equal("int", dict[1]);
        Assert.Equal("bytes", dict[new byte[] { 1, 2 }]);
        Assert.Equal("float", dict[0.5]);
        Assert.Equal("bool", dict[true]);
        Assert.True(dict.ContainsKey("1"));
        Assert.False(dict.ContainsKey("2"));
        Assert.False(dict.TryGetValue(null, out object? none));
        Assert.Null(none);
        Assert.True(dict.TryGetValue(1, out object? found));
        Assert.Equal("int", found);
        Assert.Throws<KeyNotFoundException>(() => dict["missing"]);
        Assert.Throws<ArgumentException>(() => dict.Add(1L, "again"));
        Assert.Throws<ArgumentException>(() => dict.Add(new byte[] { 1, 2 }, "again"));
        Assert.Equal(5, dict.Count);
    }

    [Fact]
    public void Dicts_are_equal_by_items_in_order_and_values_by_contents()
    {
        SharedDict dict = Make();
        Assert.Equal(Make(), dict);
        Assert.Equal(Make().GetHashCode(), dict.GetHashCode());
        SharedDict other = Make();
        other["bytes"] = new byte[] { 9 };
        Assert.NotEqual(dict, other);
        Assert.NotEqual(new SharedDict { { "a", 1L }, { "b", 2L } }, new SharedDict { { "b", 2L }, { "a", 1L } });
        Assert.NotEqual(new SharedDict { { "a", 1L } }, new SharedDict { { "a", 1.0 } });
        Assert.NotEqual(dict, []);
        Assert.False(dict.Equals(null));
        Assert.False(dict.Equals("dict"));

        static SharedDict Make() => new()
        {
            { "bytes", new byte[] { 1 } },
            { "array", NDArray.Create<int>([1, 2], 2) },
            { "inner", new SharedDict { { "bytearray", new ByteArray([1]) } } },
        };
    }

    [Fact]
    public void What_has_no_place_on_the_wire_is_refused_by_name()
    {
        object[] values = [1m, 'c', DateTime.UnixEpoch, new HashSet<int>(), new object()];
        foreach (object value in values)
        {
            SharedValueException e = Assert.Throws<SharedValueException>(() => SharedObject.Create<object?>(Name(), value));
            Assert.Equal(Name(), e.ObjectName);
            Assert.Contains(value.GetType().ToString(), e.Message, StringComparison.Ordinal);
            Assert.Throws<SharedValueException>(() => SharedObject.Create(Name(), new SharedDict { { "a", value } }));
        }

        Assert.Throws<SharedValueException>(() => SharedObject.Create(Name(), new SharedDict { { new ByteArray([1]), 1L } }));
        Assert.Throws<SharedValueException>(() => SharedObject.Create(Name(), new SharedDict { { 1m, 1L } }));
        Assert.Throws<SharedValueException>(() => SharedObject.Create(Name(), "\udc00"));
        Assert.Throws<SharedValueException>(() => SharedObject.Create(Name(), new SharedDict { { "\ud800x", 1L } }));
        Assert.Throws<SharedValueException>(() => SharedObject.Create<object?>(Name(), ulong.MaxValue));
        Assert.Throws<NotSupportedException>(() => SharedObject.Create(Name(), 1m));
        Assert.Throws<NotSupportedException>(() => SharedObject.Open<List<int>>(Name()));
        Assert.Throws<SharedValueException>(() => SharedObject.Create<object?>(Name(), new List<object> { 1m }));
        Assert.Throws<SharedValueException>(() => SharedObject.Create(Name(), SharedSet.Create(new ByteArray([1]))));
        Assert.Throws<SharedValueException>(() => SharedObject.Create(Name(), SharedSet.Create(SharedTuple.Create(new ByteArray([1])))));
        Assert.Throws<SharedValueException>(() => SharedObject.Create(Name(), SharedTuple.Create("\udc00")));
        Assert.Throws<SharedValueException>(() => SharedObject.Create(Name(), SharedSet.Create("\udc00")));
        Assert.Throws<SharedValueException>(() => SharedObject.Create<string>(Name(), null!));
        Assert.Throws<SharedValueException>(() => SharedObject.Create<double[]>(Name(), null!));
        Assert.False(SharedObject.Exists(Name()));
    }

    [Fact]
    public void Other_numbers_and_arrays_are_taken_as_what_they_are_on_the_wire()
    {
        AssertTaken((byte)7, 7L);
        AssertTaken(-7, -7L);
        AssertTaken((ulong)long.MaxValue, long.MaxValue);
        AssertTaken(0.5f, 0.5);
        AssertTaken(new float[,] { { 1, 2 } }, NDArray.Create<float>([1, 2], 1, 2));
        AssertTaken(new bool[1, 1, 1, 1], NDArray.Create<bool>([false], 1, 1, 1, 1));
        AssertTaken(Array.Empty<Half>(), NDArray.Create<Half>([], 0));
        AssertTaken((1, "a", 0.5f), SharedTuple.Create(1L, "a", 0.5));
        AssertTaken(Tuple.Create((byte)7), SharedTuple.Create(7L));
        AssertTaken(new List<int> { 1, 2 }, SharedList.Create(1L, 2L));
        AssertTaken(new object?[] { "a", null, (1, 2) }, SharedList.Create("a", null, SharedTuple.Create(1L, 2L)));
        AssertTaken(new int?[] { 1, null }, SharedList.Create(1L, null));
        AssertTaken(SharedSet.Create(1, 2L, 0.5f), SharedSet.Create(1L, 2L, 0.5));
        AssertTaken(new Complex[] { new(1, 2) }, NDArray.Create<Complex>([new(1, 2)], 1));
    }

    [Fact]
    public void An_assign_of_another_layout_says_what_differs_and_writes_nothing()
    {
        var first = new SharedDict { { "a", 1L }, { "b", NDArray.Create<int>([1, 2], 2) }, { "c", "text" } };
        using SharedObject<object?> handle = SharedObject.Create<object?>(Name(), first);
        byte[] before = ObjectBytes.Of(handle);
        AssertRefused(1L, "dict", "int");
        AssertRefused(new SharedDict { { "a", 1L } }, "3 items", "found 1");
        AssertRefused(new SharedDict { { "a", 1.0 }, { "b", first["b"] }, { "c", "" } }, "'a'", "expected int, found float");
        AssertRefused(new SharedDict { { "a", 1L }, { "b", NDArray.Create<int>([1], 1) }, { "c", "" } }, "'b'", "(2,)", "(1,)");
        AssertRefused(new SharedDict { { "a", 1L }, { "b", NDArray.Create<uint>([1, 2], 2) }, { "c", "" } }, "'b'", "int32", "uint32");
        AssertRefused(new SharedDict { { "a", 1L }, { "b", first["b"] }, { "c", new string('x', 101) } }, "'c'", "up to 100", "101 bytes");
        AssertRefused(new SharedDict { { "a", 1L }, { "b", first["b"] }, { "c", null } }, "'c'", "None");
        Assert.Throws<SharedValueException>(() => handle.Assign(new SharedDict { { "a", 1L }, { "b", first["b"] }, { "c", "\ud800" } }));
        Assert.Equal(before, ObjectBytes.Of(handle));

        void AssertRefused(object value, params string[] parts)
        {
            SharedValueException e = Assert.Throws<SharedValueException>(() => handle.Assign(value));
            Assert.Equal(Name(), e.ObjectName);
            Assert.All(parts, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
        }
    }

    private void AssertTaken(object value, object expected)
    {
        string name = Name(value.GetType().Name);
        using SharedObject<object?> handle = SharedObject.Create<object?>(name, value);
        Assert.True(JsonForm.SameBits(expected, handle.Fetch()));
    }
}
