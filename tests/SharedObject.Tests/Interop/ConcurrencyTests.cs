using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Interop;

/// <summary>
/// Readers and writers at once, in both processes: whatever is read was written as a whole. A value's elements are all the same
/// number, so that any mixture of two values shows.
/// </summary>
public sealed class ConcurrencyTests(PeerFixture fixture) : PeerTest(fixture)
{
    private const int Patterns = 4;
    private const int Small = 6_000;
    private const int Large = 1_000_000;

    [Theory]
    [InlineData(Small, 400, false)]
    [InlineData(Small, 400, true)]
    [InlineData(Large, 60, false)]
    public async Task What_Python_writes_is_read_whole_here(int size, int reads, bool plain)
    {
        Peer.Open("there", Name(), Pattern(size, 0));
        using SharedArray<byte> shared = SharedArray<byte>.Open(Name());
        StartLoop("write_loop", plain, size, count: null);

        Task[] readers =
        [
            Background.Run(() => ReadUntilAllSeen(reads, () => ReadArray(shared, size))),
            Background.Run(() => ReadUntilAllSeen(reads, () => ReadArray(shared, size))), // a handle shared by two threads
            Background.Run(() => ReadUntilAllSeen(reads, () => shared.Fetch(static view => Uniform(view.GetSpan([0], (int)view.FlattenedLength))))),
            Background.Run(() =>
            {
                using SharedObject<object?> own = SharedObject.OpenAny(Name());
                ReadUntilAllSeen(reads, () => Uniform(((NDArray)own.Fetch()!).Bytes));
            }),
            Background.Run(() =>
            {
                using SharedObject<NDArray> own = SharedObject.Open<NDArray>(Name());
                NDArray into = own.Fetch();
                ReadUntilAllSeen(reads, () =>
                {
                    own.FetchInto(ref into);
                    return Uniform(into.Bytes);
                });
            }),
        ];
        await Task.WhenAll(readers);
        Assert.True((int)StopLoop(plain, wait: false)["count"]! >= Patterns);
        Close("there");
    }

    [Theory]
    [InlineData(Small, 400, false)]
    [InlineData(Small, 400, true)]
    [InlineData(Large, 60, false)]
    public async Task What_is_written_here_Python_reads_whole(int size, int reads, bool plain)
    {
        using SharedArray<byte> shared = SharedArray<byte>.Publish(Name(), Pattern(size, 0).Bytes, [size]);
        Peer.Open("there", Name());
        bool stop = false;
        using var started = new CountdownEvent(3);
        Task<int>[] writers =
        [
            Background.Run(() => Write(value => shared.Assign(value.Bytes), size, started, ref stop)),
            Background.Run(() => Write(value => shared.Update(span => value.Bytes.CopyTo(span.GetSpan([0], size))), size, started, ref stop)),
            Background.Run(() =>
            {
                using SharedObject<object?> own = SharedObject.OpenAny(Name());
                return Write(value => own.Assign(value), size, started, ref stop);
            }),
        ];
        started.Wait();
        StartLoop("read_loop", plain, size, reads);
        JsonNode result = StopLoop(plain, wait: true);
        Volatile.Write(ref stop, true);

        int[] writes = await Task.WhenAll(writers);
        Assert.All(writes, count => Assert.True(count > 0));
        Assert.Equal(reads, (int)result["count"]!);
        Assert.Equal(0, (int)result["wrong"]!);
        Close("there");
    }

    [Fact]
    public async Task Readers_and_writers_in_both_processes_at_once()
    {
        using SharedArray<byte> shared = SharedArray<byte>.Publish(Name(), Pattern(Small, 0).Bytes, [Small]);
        using var writerThere = new PythonPeer();
        using var readerThere = new PythonPeer();
        bool stop = false;
        using var started = new CountdownEvent(1);
        using SharedArray<byte> second = SharedArray<byte>.Open(Name());
        Task<int> writer = Background.Run(() => Write(value => second.Assign(value.Bytes), Small, started, ref stop));
        started.Wait();
        Loop(writerThere, "write_loop", null);
        Loop(readerThere, "read_loop", 300);
        ReadUntilAllSeen(300, () => ReadArray(shared, Small));
        JsonNode read = Stop(readerThere, wait: true);
        JsonNode written = Stop(writerThere, wait: false);
        Volatile.Write(ref stop, true);
        Assert.True(await writer > 0);
        Assert.Equal(300, (int)read["count"]!);
        Assert.Equal(0, (int)read["wrong"]!);
        Assert.True((int)written["count"]! > 0);

        void Loop(PythonPeer peer, string op, int? count)
        {
            peer.Open("there", Name());
            peer.Run(op, ("handle", "there"), ("values", Values(Small)), ("count", count));
        }

        JsonNode Stop(PythonPeer peer, bool wait) => peer.Run("stop_loop", ("handle", "there"), ("wait", wait))!;
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3_000)]
    public async Task A_dict_is_read_whole_with_all_its_members(int length)
    {
        using SharedObject<SharedDict> shared = SharedObject.Create(Name(), Dict(0));
        Peer.Open("there", Name());
        var values = new JsonArray([.. Enumerable.Range(0, Patterns).Select(i => JsonForm.Write(Dict(i)))]);
        Peer.Run("write_loop", ("handle", "there"), ("values", values.DeepClone()));
        ReadUntilAllSeen(200, () => Whole(shared.Fetch()));
        Assert.True((int)StopLoop(plain: false, wait: false)["count"]! > 0);

        bool stop = false;
        using var started = new ManualResetEventSlim();
        Task<int> writer = Background.Run(() =>
        {
            int count = 0;
            for (; !Volatile.Read(ref stop); count++)
            {
                shared.Assign(Dict(count % Patterns));
                started.Set();
            }

            return count;
        });
        started.Wait();
        Peer.Run("read_loop", ("handle", "there"), ("values", values), ("count", 200));
        JsonNode result = StopLoop(plain: false, wait: true);
        Volatile.Write(ref stop, true);
        Assert.True(await writer > 0);
        Assert.Equal(200, (int)result["count"]!);
        Assert.Equal(0, (int)result["wrong"]!);
        Close("there");

        SharedDict Dict(int i) => new()
        {
            { "first", (long)i },
            { "text", new string((char)('a' + i), 40) },
            { "values", NDArray.Create<double>([.. Enumerable.Repeat((double)i, length)], length) },
            { "inner", new SharedDict { { "more", NDArray.Create<int>([.. Enumerable.Repeat(i, length)], length) } } },
            { "last", (double)i },
        };

        int Whole(SharedDict dict)
        {
            int i = (int)(long)dict["first"]!;
            AssertSame(Dict(i), dict);
            return i;
        }
    }

    [Fact]
    public async Task Steps_under_the_writers_lock_are_not_lost_while_Python_reads()
    {
        using SharedObject<long> first = SharedObject.Create(Name(), 0L);
        using SharedObject<long> second = SharedObject.Open<long>(Name());
        const int Steps = 2_000;
        Task Count(SharedObject<long> handle) => Background.Run(() =>
        {
            for (int i = 0; i < Steps; i++)
            {
                using (handle.EnterWriteLock())
                {
                    handle.Assign(handle.Fetch() + 1);
                }
            }
        });
        Peer.Open("reader", Name());
        Peer.Run("read_loop", ("handle", "reader"), ("values", new JsonArray()));
        await Task.WhenAll(Count(first), Count(first), Count(second));
        Assert.True((int)Peer.Run("stop_loop", ("handle", "reader"))!["count"]! > 0);
        Assert.Equal(3L * Steps, first.Fetch());
        Close("reader");
    }

    private static NDArray Pattern(int size, int i)
    {
        byte[] bytes = new byte[size];
        bytes.AsSpan().Fill((byte)i);
        return NDArray.Create<byte>(bytes, size);
    }

    private static JsonArray Values(int size) => [.. Enumerable.Range(0, Patterns).Select(i => JsonForm.Write(Pattern(size, i)))];

    private static int ReadArray(SharedArray<byte> array, int size)
    {
        byte[] into = new byte[size];
        array.FetchInto(into);
        return Uniform(into);
    }

    /// <summary>Which of the patterns a value is; fails if it is a mixture.</summary>
    private static int Uniform(ReadOnlySpan<byte> bytes)
    {
        Assert.False(bytes.ContainsAnyExcept(bytes[0]), "a torn value");
        Assert.InRange(bytes[0], 0, Patterns - 1);
        return bytes[0];
    }

    /// <summary>Reads a number of times, and on until it has seen every pattern: the writer was at work all the while.</summary>
    private static void ReadUntilAllSeen(int reads, Func<int> read)
    {
        var seen = new HashSet<int>();
        for (int i = 0; i < reads || seen.Count < Patterns; i++)
        {
            seen.Add(read());
        }
    }

    private static int Write(Action<NDArray> assign, int size, CountdownEvent started, ref bool stop)
    {
        NDArray[] values = [.. Enumerable.Range(0, Patterns).Select(i => Pattern(size, i))];
        int count = 0;
        for (; !Volatile.Read(ref stop); count++)
        {
            assign(values[count % Patterns]);
            if (count == 0)
            {
                started.Signal();
            }
        }

        return count;
    }

    private void StartLoop(string op, bool plain, int size, int? count) =>
        Peer.Run(op, (plain ? "plain_name" : "handle", plain ? Name() : "there"), ("values", Values(size)), ("count", count));

    private JsonNode StopLoop(bool plain, bool wait) =>
        Peer.Run("stop_loop", (plain ? "plain_name" : "handle", plain ? Name() : "there"), ("wait", wait))!;
}
