using System;
using System.Buffers.Binary;
using System.IO;
using System.Threading.Tasks;
using SharedObjects.Tests.Support;
using SharedObjects.Wire;

namespace SharedObjects.Tests.Interop;

/// <summary>Objects that begin, end and begin again in a Python process.</summary>
public sealed class LifeTests(PeerFixture fixture) : PeerTest(fixture)
{
    private static readonly SharedObjectOptions Patient = new() { MountTimeout = TimeSpan.FromMinutes(1) };
    private static readonly SharedObjectOptions Hasty = new() { MountTimeout = TimeSpan.FromMilliseconds(30) };

    [Theory]
    [InlineData("open", "0 bytes")]
    [InlineData("truncate", "42 bytes")]
    public void An_object_that_is_never_finished_is_waited_for_only_so_long(string stage, string size)
    {
        PlainCreate(Name(), NDArray.Create<double>([1, 2], 2), stage);
        SharedNotReadyException e = Assert.Throws<SharedNotReadyException>(() => SharedObject.OpenAny(Name(), Hasty));
        Assert.Equal(Name(), e.ObjectName);
        Assert.Contains(size, e.Message, StringComparison.Ordinal);
        Assert.Contains("0.03 s", e.Message, StringComparison.Ordinal);
        Assert.Throws<SharedNotReadyException>(() => SharedArray<double>.OpenOrCreate(Name(), [2], Hasty));
        Assert.Throws<SharedNotReadyException>(() => SharedObject.Publish(Name(), 1L, Hasty));
    }

    [Theory]
    [InlineData("open")]
    [InlineData("truncate")]
    public async Task An_object_that_is_half_made_mounts_once_its_maker_goes_on(string stage)
    {
        NDArray value = NDArray.Create<double>([1, 2], 2);
        PlainCreate(Name("model"), value);
        byte[] finished = Segments.Read(Name("model"));
        PlainCreate(Name(), value, stage);

        Task<SharedObject<object?>> opening = Background.Run(() => SharedObject.OpenAny(Name(), Patient));
        Assert.False(opening.IsCompleted);
        WriteAsMaker(Name(), stage, finished);

        using SharedObject<object?> here = await opening;
        Assert.True(here.Layout.Value is ArrayLayout { DType: DType.Float64, Shape: [2] });
        if (here.TryFetch(out object? early))
        {
            AssertSame(value, early);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(finished, 1);
        ObjectBytes.Overwrite(Name(), finished);
        AssertSame(value, here.Fetch());
    }

    [Fact]
    public async Task An_object_whose_maker_died_mounts_once_another_one_replaces_it()
    {
        PlainCreate(Name(), 1L, "truncate");
        Task<SharedObject<object?>> opening = Background.Run(() => SharedObject.OpenAny(Name(), Patient));
        Peer.Run("unlink", ("name", Name()));
        Until(() => opening.IsCompleted || !SharedObject.Exists(Name()));
        // Either it saw the name gone, or it goes on waiting for the next object of the name.
        Peer.Open("there", Name(), "new");
        try
        {
            using SharedObject<object?> here = await opening;
            AssertSame("new", here.Fetch());
        }
        catch (SharedNotFoundException e)
        {
            Assert.Equal(Name(), e.ObjectName);
        }

        Close("there");
    }

    [Fact]
    public async Task Opening_can_be_cancelled_while_it_waits_for_the_maker()
    {
        PlainCreate(Name(), 1L, "open");
        using var cancellation = new System.Threading.CancellationTokenSource();
        Task<SharedObject<object?>> opening = Background.Run(() => SharedObject.OpenAny(Name(), Patient, cancellation.Token));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
    }

    [Fact]
    public void An_object_that_was_never_assigned_has_an_exception_of_its_own()
    {
        PlainCreate(Name(), 0.5, "metadata");
        using SharedObject<double> here = SharedObject.Open<double>(Name());
        using SharedObject<object?> any = SharedObject.OpenAny(Name());
        Assert.Equal(Name(), Assert.Throws<SharedNeverAssignedException>(() => here.Fetch()).ObjectName);
        Assert.Throws<SharedNeverAssignedException>(() => any.Fetch());
        Assert.False(here.TryFetch(out _));
        double into = 7;
        Assert.False(here.TryFetchInto(ref into));
        Assert.Equal(7, into);
        Assert.Throws<SharedNeverAssignedException>(() => here.FetchInto(ref into));
        Assert.False(here.Modified);
        Assert.Equal(0, here.Timestamp);

        PlainAssign(Name(), 0.5);
        Assert.True(here.Modified);
        Assert.Equal(0.5, here.Fetch());
        Assert.True(any.TryFetch(out object? value));
        Assert.Equal(0.5, value);
    }

    [Fact]
    public void An_array_that_was_never_assigned_has_an_exception_of_its_own()
    {
        PlainCreate(Name(), NDArray.Create<byte>(new byte[6], 2, 3), "metadata");
        using SharedArray<byte> here = SharedArray<byte>.OpenOrCreate(Name(), [2, 3]); // leaves it as it is
        byte[] elements = [1, 1, 1, 1, 1, 1];
        Assert.Throws<SharedNeverAssignedException>(() => here.Fetch());
        Assert.Throws<SharedNeverAssignedException>(() => here.FetchInto(elements));
        Assert.Throws<SharedNeverAssignedException>(() => here.Fetch(static _ => 0));
        Assert.False(here.TryFetchInto(elements));
        Assert.Equal([1, 1, 1, 1, 1, 1], elements);
        here.Assign(elements);
        AssertSame(NDArray.Create<byte>(elements, 2, 3), PlainFetch(Name()));
    }

    [Fact]
    public void Python_says_so_too_of_what_was_made_here_without_a_value()
    {
        using SharedObject<double> here = SharedObject.OpenOrCreate(Name(), Codecs.OfDouble);
        Peer.Open("there", Name());
        PythonException e = Assert.Throws<PythonException>(() => Peer.Fetch("there"));
        Assert.True(e.Is("NeverAssignedError"));
        here.Assign(0.25);
        AssertSame(0.25, Peer.Fetch("there"));
        Close("there");
    }

    [Fact]
    public void What_Python_unlinks_lives_on_for_who_has_it_open_and_the_name_is_free()
    {
        Peer.Open("old", Name(), 1L);
        using SharedObject<long> old = SharedObject.Open<long>(Name());
        Peer.Run("unlink", ("handle", "old"));
        Assert.False(SharedObject.Exists(Name()));
        Assert.Throws<SharedNotFoundException>(() => SharedObject.OpenAny(Name()));

        Peer.Assign("old", 2L);
        Assert.Equal(2L, old.Fetch());
        old.Assign(3L);
        AssertSame(3L, Peer.Fetch("old"));

        using SharedObject<string> next = SharedObject.Create(Name(), "another");
        Assert.Equal(3L, old.Fetch());
        Peer.Open("next", Name());
        AssertSame("another", Peer.Fetch("next"));
        Assert.True(next.Unlink());
        Assert.False(next.Unlink());
        Assert.False(SharedObject.Unlink(Name()));
        Close("old");
        Close("next");
    }

    [Fact]
    public void A_producer_that_restarts_is_found_again_by_its_name()
    {
        using (var producer = new PythonPeer())
        {
            producer.Open("a", Name(), 1L);
            producer.Kill();
        }

        using SharedObject<long> survivor = SharedObject.Open<long>(Name()); // a kill leaves the object
        Assert.Equal(1L, survivor.Fetch());
        using (var producer = new PythonPeer())
        {
            producer.Open("a", Name(), 2L); // mounts and overwrites
            Assert.True(survivor.Modified);
            Assert.Equal(2L, survivor.Fetch());
            producer.Run("unlink", ("handle", "a"));
            producer.Run("exit");
        }

        Assert.Throws<SharedNotFoundException>(() => SharedObject.Open<long>(Name()));
        Assert.Equal(2L, survivor.Fetch());
    }

    [Fact]
    public void Python_leaves_an_object_alone_that_it_only_attached_when_it_ends()
    {
        using SharedObject<long> here = SharedObject.Create(Name(), 1L);
        using (var visitor = new PythonPeer())
        {
            visitor.Open("a", Name());
            AssertSame(1L, visitor.Fetch("a"));
            visitor.Run("exit");
        }

        Assert.True(SharedObject.Exists(Name()));
        using SharedObject<long> again = SharedObject.Open<long>(Name());
        Assert.Equal(1L, again.Fetch());
    }

    [Fact]
    public void Create_refuses_a_name_that_Python_has_taken_and_OpenOrCreate_leaves_its_value()
    {
        Peer.Open("there", Name(), 5L);
        Assert.Equal(Name(), Assert.Throws<SharedExistsException>(() => SharedObject.Create(Name(), 6L)).ObjectName);
        Assert.Throws<SharedExistsException>(() => SharedArray<byte>.Create(Name(), [1]));
        using SharedObject<long> here = SharedObject.OpenOrCreate(Name(), 6L);
        Assert.Equal(5L, here.Fetch());
        AssertSame(5L, Peer.Fetch("there"));
        Close("there");
    }

    [Fact]
    public void A_failed_publish_writes_nothing_into_what_Python_made()
    {
        Peer.Open("there", Name(), "text");
        byte[] before = Segments.Read(Name());
        Assert.Throws<SharedSchemaException>(() => SharedObject.Publish(Name(), 1L));
        Assert.Throws<SharedValueException>(() => SharedObject.Publish(Name(), new string('x', 101)));
        Assert.Throws<SharedValueException>(() => SharedObject.Publish<object?>(Name(), 1L));
        Assert.Throws<SharedValueException>(() => SharedObject.Publish(Name(), "\ud800"));
        Assert.Equal(before, Segments.Read(Name()));
        Close("there");
    }

    /// <summary>The rest of what Python does, in its steps: size, then tag and metadata (mtime is still 0 then).</summary>
    private static void WriteAsMaker(string name, string stage, byte[] finished)
    {
        using var file = new FileStream(Segments.Path(name), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        if (stage == "open")
        {
            file.SetLength(finished.Length);
        }

        file.Position = ObjectHeader.DataOffset;
        file.Write(finished.AsSpan(ObjectHeader.DataOffset, ArrayArea.ElementsOffset(1)));
        // The tag last: this goes on without the lock that Python has.
        file.Position = ObjectHeader.TagOffset;
        file.WriteByte(finished[ObjectHeader.TagOffset]);
    }

    private static class Codecs
    {
        internal static SharedCodec<double> OfDouble { get; } = SharedObjects.Wire.Codecs.BuiltInCodecs.Of<double>();
    }
}
