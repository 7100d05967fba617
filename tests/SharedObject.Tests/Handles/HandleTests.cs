using System;
using System.Linq;
using System.Numerics;
using System.Numerics.Tensors;
using System.Threading;
using SharedObjects.Tests.Support;
using SharedObjects.Wire;

namespace SharedObjects.Tests.Handles;

/// <summary>Handles without a schema: opening, making, reading, writing, and what they refuse.</summary>
public sealed class HandleTests : SegmentTest
{
    private enum Mode : byte
    {
        Idle = 1,
        Moving = 200,
    }

    [Fact]
    public void Every_type_without_a_schema_comes_back_as_it_went_in()
    {
        RoundTrips(true);
        RoundTrips(-5L);
        RoundTrips(-5);
        RoundTrips((short)-5);
        RoundTrips((sbyte)-5);
        RoundTrips((byte)250);
        RoundTrips((ushort)65000);
        RoundTrips(4_000_000_000u);
        RoundTrips((ulong)long.MaxValue);
        RoundTrips(Mode.Moving);
        RoundTrips(0.1);
        RoundTrips(0.1f);
        RoundTrips(new Complex(1, -2));
        RoundTrips(new Pose(1, 2, 3, 0.5f, 0.5f, -0.5f, 0.5f));
        RoundTrips(new Vector3(1, 2, 3));
        RoundTrips(new Quaternion(1, 2, 3, 4));
        RoundTrips(Matrix4x4.CreateTranslation(1, 2, 3) with { M12 = 0.5f });
        RoundTrips("naïve 🤖");
        RoundTrips(new byte[] { 1, 0, 0 });
        RoundTrips(new ByteArray([1, 0, 0]));
        RoundTrips(new double[] { 1, 2, 3 });
        RoundTrips(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        RoundTrips(new ushort[,,] { { { 1, 2 } }, { { 3, 4 } } });
        RoundTrips(new bool[] { true, false });
        RoundTrips(NDArray.Create<Half>([(Half)1, (Half)2], 2, 1));
        RoundTrips(new SharedDict { ["a"] = 1L, [2] = "b", ["inner"] = new SharedDict { ["x"] = null } });
    }

    [Fact]
    public void A_tensor_comes_back_also_when_it_was_a_slice()
    {
        Tensor<int> tensor = Tensor.Create([1, 2, 3, 4, 5, 6], [2, 3]);
        Tensor<int> slice = tensor.Slice(new System.Buffers.NRange(0, 2), new System.Buffers.NRange(1, 3));
        using SharedObject<Tensor<int>> handle = SharedObject.Create(Name(), slice);

        Tensor<int> fetched = handle.Fetch();

        Assert.Equal([2, 2], fetched.Lengths.ToArray());
        int[] elements = new int[4];
        fetched.FlattenTo(elements);
        Assert.Equal([2, 3, 5, 6], elements);
    }

    [Fact]
    public void A_value_of_an_unsupported_type_is_refused_with_advice() =>
        Assert.Contains("[SharedObject", Assert.Throws<NotSupportedException>(() => SharedObject.Publish(Name(), new Version(1, 0))).Message, StringComparison.Ordinal);

    [Fact]
    public void Opening_what_is_not_there_says_so()
    {
        var e = Assert.Throws<SharedNotFoundException>(() => SharedObject.Open<double>(Name()));
        Assert.Equal(Name(), e.ObjectName);
        Assert.False(SharedObject.Exists(Name()));
        Assert.False(SharedObject.Unlink(Name()));
    }

    [Fact]
    public void Creating_what_is_there_says_so_and_changes_nothing()
    {
        using SharedObject<double> first = SharedObject.Create(Name(), 1.5);
        Assert.Throws<SharedExistsException>(() => SharedObject.Create(Name(), 2.5));
        Assert.Equal(1.5, first.Fetch());
        Assert.False(first.Modified);
    }

    [Fact]
    public void OpenOrCreate_leaves_a_value_alone_and_Publish_overwrites_it()
    {
        using SharedObject<double> first = SharedObject.OpenOrCreate(Name(), 1.5);
        using SharedObject<double> second = SharedObject.OpenOrCreate(Name(), 2.5);
        Assert.Equal(1.5, second.Fetch());
        using SharedObject<double> third = SharedObject.Publish(Name(), 3.5);
        Assert.True(first.Modified);
        Assert.False(third.Modified);
        Assert.Equal(3.5, first.Fetch());
    }

    [Fact]
    public void Opening_as_another_type_says_what_was_expected_and_found()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        string message = Assert.Throws<SharedSchemaException>(() => SharedObject.Open<string>(Name())).Message;
        Assert.Contains(Name(), message, StringComparison.Ordinal);
        Assert.Contains("expected str, found float", message, StringComparison.Ordinal);
        Assert.Throws<SharedSchemaException>(() => SharedArray<double>.Open(Name()));
        Assert.Throws<SharedSchemaException>(() => SharedArray<double>.OpenOrCreate(Name(), [1]));
        byte[] before = Segments.Read(Name());
        Assert.Throws<SharedSchemaException>(() => SharedObject.Publish(Name(), "text"));
        Assert.Equal(before, Segments.Read(Name()));
    }

    [Fact]
    public void A_value_that_does_not_fit_changes_nothing()
    {
        using SharedObject<string> text = SharedObject.Create(Name("text"), "abc");
        using SharedObject<double[]> array = SharedObject.Create(Name("array"), new double[] { 1, 2 });
        using SharedObject<object?> any = SharedObject.Create<object?>(Name("any"), new SharedDict { ["k"] = 1L, ["t"] = "x" });
        byte[][] before = [.. new[] { "text", "array", "any" }.Select(label => Segments.Read(Name(label)))];

        Assert.Contains("at most 100", Assert.Throws<SharedValueException>(() => text.Assign(new string('x', 101))).Message, StringComparison.Ordinal);
        Assert.Throws<SharedValueException>(() => text.Assign("\ud800"));
        Assert.Throws<SharedValueException>(() => text.Assign(null!));
        Assert.Throws<SharedValueException>(() => array.Assign([1, 2, 3]));
        Assert.Throws<SharedValueException>(() => array.Assign(null!));
        Assert.Throws<SharedValueException>(() => any.Assign(new SharedDict { ["k"] = 1L }));
        Assert.Throws<SharedValueException>(() => any.Assign(new SharedDict { ["k"] = 1.0, ["t"] = "x" }));
        Assert.Throws<SharedValueException>(() => any.Assign(new SharedDict { ["k"] = 1L, ["t"] = new string('x', 101) }));
        Assert.Throws<SharedValueException>(() => any.Assign(5L));
        Assert.Throws<SharedValueException>(() => any.Assign(new Version(1, 0)));

        Assert.Equal(before, [.. new[] { "text", "array", "any" }.Select(label => Segments.Read(Name(label)))]);
        text.Assign(new string('x', 100)); // the whole capacity
        Assert.Equal(100, text.Fetch().Length);
    }

    [Fact]
    public void A_number_out_of_range_is_an_exception_that_says_the_range()
    {
        using SharedObject<long> wide = SharedObject.Create(Name(), 300L);
        using SharedObject<byte> narrow = SharedObject.Open<byte>(Name());
        Assert.Contains("0 to 255", Assert.Throws<SharedRangeException>(() => narrow.Fetch()).Message, StringComparison.Ordinal);
        wide.Assign(-1);
        Assert.Throws<SharedRangeException>(() => narrow.Fetch());
        using SharedObject<ulong> unsigned = SharedObject.Open<ulong>(Name());
        Assert.Throws<SharedRangeException>(() => unsigned.Fetch());
        Assert.Throws<SharedValueException>(() => unsigned.Assign(ulong.MaxValue));
        wide.Assign(255);
        Assert.Equal(255, narrow.Fetch());
        using SharedObject<double> large = SharedObject.Create(Name("float"), 1e300);
        using SharedObject<float> single = SharedObject.Open<float>(Name("float"));
        Assert.Throws<SharedRangeException>(() => single.Fetch());
        large.Assign(double.PositiveInfinity);
        Assert.Equal(float.PositiveInfinity, single.Fetch());
    }

    [Fact]
    public void Nobody_has_assigned_yet_is_an_exception_of_its_own()
    {
        Segments.Write(Name(), [.. new byte[8], (byte)WireTag.Float, .. new byte[8]]);
        using SharedObject<double> handle = SharedObject.Open<double>(Name());
        Assert.Throws<SharedNeverAssignedException>(() => handle.Fetch());
        Assert.False(handle.TryFetch(out _));
        Assert.False(handle.Modified);
        Assert.Equal(0, handle.Timestamp);
        Assert.Equal(TimeSpan.MaxValue, handle.Age);
        handle.Assign(1.5);
        Assert.True(handle.TryFetch(out double value));
        Assert.Equal(1.5, value);
    }

    [Fact]
    public void Timestamps_and_ages_are_those_of_the_value()
    {
        long before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000;
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        long first = handle.Timestamp;
        Assert.True(first >= before);
        Assert.Equal(first, handle.LastSeen);
        handle.Assign(1.5);
        Assert.True(handle.Timestamp > first);
        Assert.Equal(handle.Timestamp, handle.LastSeen);
        handle.Trigger();
        Assert.True(handle.Timestamp > handle.LastSeen);
        Assert.InRange(handle.Age, TimeSpan.Zero, TimeSpan.FromHours(1));
    }

    [Fact]
    public void A_trigger_of_any_object_is_seen_once_by_every_handle()
    {
        using SharedTrigger made = SharedTrigger.OpenOrCreate(Name());
        using SharedTrigger mounted = SharedTrigger.Open(Name());
        Assert.False(made.Triggered);
        mounted.Trigger().Trigger();
        Assert.True(made.Modified);
        Assert.True(made.Triggered);
        Assert.False(made.Triggered);
        Assert.True(mounted.Triggered);
        Assert.Null(SharedObject.OpenAny(Name()).Fetch());
        using SharedObject<double> value = SharedObject.Create(Name("value"), 1.5);
        using SharedTrigger trigger = SharedTrigger.OpenOrCreate(Name("value"));
        trigger.Trigger();
        Assert.True(value.Triggered);
        Assert.Equal(1.5, value.Fetch());
    }

    [Fact]
    public void A_trigger_is_seen_by_one_of_the_threads_that_share_a_handle()
    {
        const int Triggers = 200_000;
        using SharedTrigger handle = SharedTrigger.OpenOrCreate(Name());
        using SharedTrigger producer = SharedTrigger.Open(Name());
        int seen = 0;
        bool done = false;
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                if (handle.Triggered)
                {
                    Interlocked.Increment(ref seen);
                }
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        for (int i = 1; i <= Triggers; i++)
        {
            producer.Trigger();
            while (Volatile.Read(ref seen) < i)
            {
                Thread.SpinWait(1);
            }
        }

        Volatile.Write(ref done, true);
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(Triggers, seen);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("/a")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a\0b")]
    public void A_bad_name_is_refused(string name)
    {
        Assert.Throws<SharedNameException>(() => SharedObject.Publish(name, 1.0));
        Assert.Throws<SharedNameException>(() => SharedObject.Open<double>(name));
        Assert.Throws<SharedNameException>(() => SharedObject.Unlink(name));
        Assert.Throws<SharedNameException>(() => SharedObject.Exists(name));
    }

    [Fact]
    public void A_name_has_up_to_255_bytes()
    {
        Assert.Throws<SharedNameException>(() => SharedObject.Publish("\ud800", 1.0)); // half a surrogate pair
        string longest = Name() + new string('x', 255 - Name().Length);
        SharedObject.Publish(longest, 1.0).Dispose();
        Assert.True(SharedObject.Unlink(longest));
        Assert.Throws<SharedNameException>(() => SharedObject.Publish(longest + "x", 1.0));
        Assert.Throws<SharedNameException>(() => SharedObject.Publish(longest[..^1] + "é", 1.0));
    }

    [Fact]
    public void A_new_segment_is_private_and_as_long_as_its_object_and_trailer()
    {
        using SharedArray<double> array = SharedArray<double>.Create(Name(), [2, 3]);
        var file = new System.IO.FileInfo(Segments.Path(Name()));
        Assert.Equal(128 + 128, file.Length); // 18 + 16 + 48 bytes to the next multiple of 64, and the trailer
        Assert.Equal(System.IO.UnixFileMode.UserRead | System.IO.UnixFileMode.UserWrite, file.UnixFileMode);
    }

    [Fact]
    public void What_is_not_an_object_is_refused_and_left_alone()
    {
        byte[] other = [.. "some other program's file, of no format of ours"u8];
        Segments.Write(Name("file"), other);
        Assert.Contains(Name("file"), Assert.Throws<SharedFormatException>(() => SharedObject.OpenAny(Name("file"))).Message, StringComparison.Ordinal);
        Assert.Equal(other, Segments.Read(Name("file")));

        System.IO.Directory.CreateDirectory(Segments.Path(Name("directory")));
        Assert.ThrowsAny<SharedObjectException>(() => SharedObject.OpenAny(Name("directory")));
        System.IO.Directory.Delete(Segments.Path(Name("directory")));

        Segments.Write(Name("target"), new byte[9]);
        System.IO.File.CreateSymbolicLink(Segments.Path(Name("link")), Segments.Path(Name("target")));
        Assert.Contains("symbolic", Assert.Throws<SharedSystemException>(() => SharedObject.OpenAny(Name("link"))).Message, StringComparison.Ordinal);

        Assert.Equal(0, Mono.Unix.Native.Syscall.mkfifo(Segments.Path(Name("fifo")), Mono.Unix.Native.FilePermissions.S_IRUSR | Mono.Unix.Native.FilePermissions.S_IWUSR));
        Assert.Throws<SharedFormatException>(() => SharedObject.OpenAny(Name("fifo")));
    }

    [Fact]
    public void A_segment_that_stays_half_made_is_an_exception_after_a_bounded_wait()
    {
        var options = new SharedObjectOptions { MountTimeout = TimeSpan.FromMilliseconds(20) };
        Segments.Write(Name("empty"), []);
        Assert.Throws<SharedNotReadyException>(() => SharedObject.OpenAny(Name("empty"), options));
        Segments.Write(Name("typeless"), new byte[17]);
        Assert.Throws<SharedNotReadyException>(() => SharedObject.OpenAny(Name("typeless"), options));
        Assert.Throws<SharedNotReadyException>(() => SharedObject.Publish(Name("typeless"), 1.0, options));
        Assert.True(SharedObject.Exists(Name("typeless")));
    }

    [Fact]
    public void A_timeout_that_is_none_is_refused_when_it_is_set()
    {
        foreach (TimeSpan timeout in new[] { TimeSpan.FromSeconds(-2), TimeSpan.MaxValue })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new SharedObjectOptions { LockTimeout = timeout });
            Assert.Throws<ArgumentOutOfRangeException>(() => new SharedObjectOptions { MountTimeout = timeout });
        }

        using SharedObject<double> handle = SharedObject.Publish(
            Name(), 1.5, new SharedObjectOptions { LockTimeout = Timeout.InfiniteTimeSpan, MountTimeout = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>("timeout", () => handle.Fetch(TimeSpan.FromSeconds(-2)));
    }

    [Fact]
    public void A_disposed_handle_says_so()
    {
        SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        handle.Dispose();
        handle.Dispose();
        var e = Assert.Throws<ObjectDisposedException>(() => handle.Fetch());
        Assert.Equal(Name(), e.ObjectName);
        Assert.Contains($"'{Name()}'", e.Message, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() => handle.Assign(1));
        Assert.Throws<ObjectDisposedException>(() => handle.Modified);
        Assert.Throws<ObjectDisposedException>(() => handle.Trigger());
        Assert.Equal(Name(), handle.Name);
        Assert.True(handle.Unlink());
    }

    [Fact]
    public void A_read_only_handle_reads_and_refuses_to_write()
    {
        var options = new SharedObjectOptions { ReadOnly = true };
        using SharedObject<double> writer = SharedObject.Create(Name(), 1.5);
        using SharedObject<double> reader = SharedObject.Open<double>(Name(), options);
        writer.Assign(2.5);
        Assert.True(reader.Modified);
        Assert.Equal(2.5, reader.Fetch());
        Assert.Throws<SharedSystemException>(() => reader.Assign(1));
        Assert.Throws<SharedSystemException>(() => reader.Trigger());
        Assert.Throws<SharedSystemException>(() => SharedObject.Create(Name("other"), 1.0, options));
        Assert.False(SharedObject.Exists(Name("other")));
    }

    [Fact]
    public void An_array_is_read_and_written_in_place()
    {
        using SharedArray<ushort> array = SharedArray<ushort>.OpenOrCreate(Name(), [2, 3]);
        Assert.Equal("2 3", string.Join(' ', array.Shape));
        Assert.All(array.Fetch(), item => Assert.Equal(0, item));
        array.Assign([1, 2, 3, 4, 5, 6]);
        ushort[] buffer = new ushort[6];
        array.FetchInto(buffer);
        Assert.Equal<ushort>([1, 2, 3, 4, 5, 6], buffer.AsSpan());
        Assert.Equal(6, array.Fetch(view => view[1, 2]));
        Assert.Equal(5, array.FetchRows(rows => rows[1, 1]));
        Assert.Equal((2, 3), array.FetchRows(rows => (rows.Height, rows.Width)));
        array.Update(view => view[0, 1] = 20);
        Assert.False(array.Modified);
        Assert.Equal(20, array.Fetch(view => view[0, 1]));
        array.Assign(Tensor.Create(new ushort[] { 6, 5, 4, 3, 2, 1 }, [2, 3]));
        Assert.Equal(6, array.Fetch(view => view[0, 0]));
        Assert.Throws<SharedValueException>(() => array.Assign(Tensor.Create(new ushort[6], [3, 2])));
        Assert.Throws<SharedValueException>(() => array.Assign(new ushort[5]));
        Assert.Throws<ArgumentException>(() => array.FetchInto(new ushort[7]));
        Assert.Throws<SharedSchemaException>(() => SharedArray<ushort>.OpenOrCreate(Name(), [3, 2]));
        Assert.Throws<SharedSchemaException>(() => SharedArray<short>.Open(Name()));
        using SharedArray<ushort> published = SharedArray<ushort>.Publish(Name(), [9, 9, 9, 9, 9, 9], [2, 3]);
        Assert.True(array.Triggered);
        Assert.Throws<SharedValueException>(() => SharedArray<ushort>.Publish(Name("new"), [1], [2, 3]));
        Assert.False(SharedObject.Exists(Name("new")));
    }

    [Fact]
    public void Bools_of_the_wire_may_be_any_byte()
    {
        byte[] segment = [.. BitConverter.GetBytes(1L), (byte)WireTag.NDArray, (byte)DType.Bool, .. BitConverter.GetBytes(1L), .. BitConverter.GetBytes(3L), 0, 7, 255];
        Segments.Write(Name(), segment);
        using SharedArray<bool> array = SharedArray<bool>.Open(Name());
        bool[] copy = [.. array.Fetch()];
        Assert.Equal([false, true, true], copy);
        Assert.True(array.Fetch(view => view[1] == true && view[1] == view[2]));
        Assert.Equal(new byte[] { 0, 1, 1 }, System.Runtime.InteropServices.MemoryMarshal.AsBytes<bool>(copy).ToArray());
    }

    [Fact]
    public void A_scalar_array_has_one_element()
    {
        using SharedArray<double> array = SharedArray<double>.Publish(Name(), [2.5], []);
        Assert.Empty(array.Shape);
        Assert.Equal(1, array.Length);
        Assert.Equal(2.5, array.Fetch()[0]);
        Assert.Equal(2.5, array.Fetch(view => view[0]));
        Assert.Equal(128 + 128, new System.IO.FileInfo(Segments.Path(Name())).Length);
    }

    [Fact]
    public void An_array_too_large_for_an_object_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedArray<double>.OpenOrCreate(Name(), [int.MaxValue, int.MaxValue]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedArray<double>.OpenOrCreate(Name(), [-1]));
        Assert.False(SharedObject.Exists(Name()));
    }

    [Fact]
    public void An_array_of_more_dimensions_than_can_be_opened_is_refused()
    {
        int[] shape = [.. Enumerable.Repeat(1, 65)];
        NDArray array = NDArray.Create<byte>(new byte[1], shape.AsSpan(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedArray<byte>.Create(Name(), shape));
        Assert.Throws<ArgumentOutOfRangeException>(() => NDArray.Create<byte>(new byte[1], shape));
        Assert.Throws<SharedValueException>(() => SharedObject.Publish(Name(), Tensor.Create(new byte[1], [.. shape.Select(length => (nint)length)])));
        Assert.False(SharedObject.Exists(Name()));
        SharedObject.Publish(Name(), array).Dispose();
        using SharedArray<byte> opened = SharedArray<byte>.Open(Name());
        Assert.Equal(64, opened.Shape.Length);
    }

    [Fact]
    public void No_dict_is_not_made_a_None_that_cannot_be_opened_as_a_dict()
    {
        Assert.Throws<SharedValueException>(() => SharedObject.Publish<SharedDict>(Name(), null!));
        Assert.Throws<SharedValueException>(() => SharedObject.Create<SharedDict>(Name(), null!));
        Assert.False(SharedObject.Exists(Name()));
        using SharedObject<object?> none = SharedObject.Publish<object?>(Name(), null);
        Assert.Null(none.Fetch());
    }

    private void RoundTrips<T>(T value)
        where T : notnull
    {
        string name = Name(Guid.NewGuid().ToString("N"));
        using SharedObject<T> writer = SharedObject.Create(name, value);
        using SharedObject<T> reader = SharedObject.Open<T>(name);
        Assert.Equal(value, reader.Fetch());
        writer.Assign(value);
        Assert.True(reader.Modified);
        T again = default!;
        reader.FetchInto(ref again);
        Assert.Equal(value, again);
        Assert.False(reader.Modified);
    }
}
