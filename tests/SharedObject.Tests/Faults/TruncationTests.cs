using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Mono.Unix.Native;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.LockFree;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Faults;

/// <summary>
/// A peer truncates a segment that is in use: whoever has the lock notices before the memory is touched. (Did it not, these tests would end
/// the test process by SIGBUS.)
/// </summary>
public sealed class TruncationTests : SegmentTest
{
    private static readonly SharedObjectOptions Locked = new() { LockFreeReads = false };

    public static TheoryData<long> Lengths => [0, 1, 9, 100, 4096, 50_000];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Every_write_says_so(long length)
    {
        using SharedArray<byte> array = SharedArray<byte>.Create(Name(), [Made.Many * 10]);
        using SharedObject<NDArray> typed = SharedObject.Open<NDArray>(Name());
        NDArray value = typed.Fetch();
        Truncate(length);
        List<Action> writes =
        [
            () => array.Assign(value.Bytes),
            () => array.Update(static view => view[0] = 1),
            () => array.Trigger(),
            () => array.AcceptTorn(),
            () => typed.Assign(value),
            () => typed.UpdateInPlace(0, static (bytes, in context, state) => bytes[^1] = 1),
            () => typed.Trigger(),
        ];
        foreach (Action write in writes)
        {
            Expect(write);
            Expect(write); // and each time
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Every_read_under_the_lock_says_so(long length)
    {
        using SharedArray<byte> array = SharedArray<byte>.Create(Name(), [Made.Many * 10], Locked);
        using SharedObject<NDArray> typed = SharedObject.Open<NDArray>(Name(), Locked);
        using SharedObject<object?> untyped = SharedObject.OpenAny(Name(), Locked with { ReadOnly = true });
        byte[] buffer = new byte[Made.Many * 10];
        Truncate(length);
        List<Action> reads =
        [
            () => array.FetchInto(buffer),
            () => array.TryFetchInto(buffer),
            () => array.Fetch(static view => view[0]),
            () => typed.Fetch(),
            () => typed.TryFetch(out _),
            () => untyped.Fetch(),
        ];
        foreach (Action read in reads)
        {
            Expect(read);
        }
    }

    [Fact]
    public void Of_a_small_object_and_of_one_without_a_trailer_too()
    {
        using SharedObject<double> small = SharedObject.Create(Name(), 1.5, Locked);
        Truncate(10);
        Expect(() => small.Fetch());
        Expect(() => small.Assign(2));

        Segments.Write(Name("plain"), ObjectBytes.Of(SharedArray<byte>.Create(Name("model"), [Made.Many])));
        using SharedArray<byte> plain = SharedArray<byte>.Open(Name("plain"), new SharedObjectOptions { Adopt = false });
        Assert.False(plain.HasTrailer);
        Assert.Equal(0, Syscall.truncate(Segments.Path(Name("plain")), 5000));
        Expect(() => plain.Fetch(static view => view[0]), "plain");
        Expect(() => plain.FetchInto(new byte[Made.Many]), "plain");
        Expect(() => plain.Assign(new byte[Made.Many]), "plain");
        Assert.Equal(5000, new System.IO.FileInfo(Segments.Path(Name("plain"))).Length); // and nobody has adopted what is left
    }

    [Fact]
    public void A_write_in_a_scope_too()
    {
        using SharedArray<byte> array = SharedArray<byte>.Create(Name(), [Made.Many]);
        using SharedLockScope scope = array.EnterWriteLock();
        Truncate(0);
        Expect(() => array.Assign(new byte[Made.Many]));
    }

    [Fact]
    public void A_truncated_segment_is_opened_by_nobody()
    {
        SharedArray<byte>.Create(Name(), [Made.Many]).Dispose();
        foreach (long length in new long[] { 8000, 100, 9, 5 })
        {
            Truncate(length);
            Assert.Throws<SharedFormatException>(() => SharedArray<byte>.Open(Name()));
        }

        Truncate(0);
        Assert.Throws<SharedNotReadyException>(() => SharedArray<byte>.Open(Name(), new SharedObjectOptions { MountTimeout = TimeSpan.Zero }));
        Assert.Equal(0, new System.IO.FileInfo(Segments.Path(Name())).Length); // left alone
    }

    /// <summary>By one that keeps to the lock: everybody else who does is safe from it.</summary>
    [Fact]
    public async Task Over_and_over_while_others_open_read_and_write_under_the_lock()
    {
        byte[] whole = [.. System.Linq.Enumerable.Repeat((byte)7, Made.Many)];
        SharedArray<byte>.Publish(Name(), whole, [Made.Many]).Dispose();
        byte[] segment = Segments.Read(Name());
        using var raw = new RawSegment(Name(), Made.ArraySize(Made.Many));
        bool ended = false;
        int noticed = 0, read = 0;
        Task user = Background.Run(() =>
        {
            byte[] buffer = new byte[Made.Many];
            while (!Volatile.Read(ref ended) || noticed == 0 || read == 0)
            {
                try
                {
                    using SharedArray<byte> array = SharedArray<byte>.Open(Name(), Locked with { MountTimeout = TimeSpan.Zero });
                    do
                    {
                        array.FetchInto(buffer);
                        Assert.Equal(whole, buffer);
                        read++;
                    }
                    while (!Volatile.Read(ref ended));
                }
                catch (Exception e) when (e is SharedFormatException or SharedNotReadyException)
                {
                    noticed++;
                }
            }
        });
        var random = new Random(20_261_122);
        for (int i = 0; i < 200 || Volatile.Read(ref noticed) == 0; i++)
        {
            Until(raw.TryLockExclusive);
            Truncate(random.Next(segment.Length));
            raw.Unlock();
            Thread.Sleep(TimeSpan.FromMicroseconds(random.Next(500)));
            Until(raw.TryLockExclusive);
            Assert.Equal(0, Syscall.truncate(Segments.Path(Name()), segment.Length));
            segment.CopyTo(raw.Bytes);
            raw.Unlock();
            Thread.Sleep(TimeSpan.FromMicroseconds(random.Next(500)));
        }

        Volatile.Write(ref ended, true);
        await user;
    }

    private void Truncate(long length)
    {
        Thread.Sleep(1); // beyond the 100 µs for which a write relies on the last look at the size
        Assert.Equal(0, Syscall.truncate(Segments.Path(Name()), length));
    }

    private void Expect(Action action, string label = "x")
    {
        SharedFormatException e = Assert.Throws<SharedFormatException>(action);
        Assert.Equal(Name(label), e.ObjectName);
        Assert.Contains("truncated", e.Message, StringComparison.Ordinal);
    }
}
