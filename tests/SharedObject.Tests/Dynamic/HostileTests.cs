using System;
using System.Collections.Generic;
using System.Threading;
using Mono.Unix.Native;
using SharedObjects.Hunt;
using SharedObjects.Tests.LockFree;
using SharedObjects.Tests.Support;
using SharedObjects.Wire;

namespace SharedObjects.Tests.Dynamic;

/// <summary>What nobody sane has written: it is refused with an exception of the library's, and the next assign makes up for it where it can.</summary>
public sealed class HostileTests : DynamicTest
{
    private const int Mutations = 2000;

    private static readonly SharedObjectOptions NoWait = new() { MountTimeout = TimeSpan.Zero, LockTimeout = TimeSpan.Zero };

    // The limits are those of the arithmetic, and of a page with 256 bytes before the value.
    private static readonly ulong[] WrongLengths =
    [
        0, 2, 3841, 4096, 1 << 20, int.MaxValue - 8192, int.MaxValue - 4096, int.MaxValue, 1UL << 31, uint.MaxValue, 1UL << 32, 1UL << 63,
        ulong.MaxValue - 256, ulong.MaxValue - 8, ulong.MaxValue,
    ];

    public static TheoryData<ulong> Lengths => [.. WrongLengths];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void A_length_that_cannot_be(ulong length)
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), 1.5);
        using SharedDynamicObject locked = SharedDynamicObject.Open(Name(), new SharedObjectOptions { LockFreeReads = false });
        using RawSegment raw = Raw();
        SetLength(raw, length);
        using SharedDynamicObject late = SharedDynamicObject.Open(Name());
        using SharedDynamicObject readOnly = SharedDynamicObject.Open(Name(), new SharedObjectOptions { ReadOnly = true });
        foreach (SharedDynamicObject each in new[] { handle, locked, late, readOnly })
        {
            Assert.Throws<SharedFormatException>(() => each.Fetch());
            Assert.Throws<SharedFormatException>(() => each.Fetch<double>());
            Assert.Throws<SharedFormatException>(() => each.TryFetch(out _));
            Assert.Throws<SharedFormatException>(() => each.FetchLayout());
        }

        late.Assign(2.5);
        Assert.All([handle, locked, late, readOnly], each => Assert.Equal(2.5, each.Fetch()));
        Assert.Equal(Environment.SystemPageSize, RawSegment.SizeOf(Name()));
    }

    [Theory]
    [InlineData(Tag, 2, "found int")] // another type
    [InlineData(Tag, 99, "99")]
    [InlineData(Version, 0, "version 0")]
    [InlineData(Version, 2, "version 2")]
    [InlineData(Version + 1, 1, "version")] // what a later version might use
    [InlineData(FixedSize, 0, "trailer")] // no magic
    [InlineData(FixedSize + 7, 2, "trailer")] // another version of the trailer
    public void A_head_that_is_not_ours(int offset, int value, string named)
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), 1.5);
        byte[] bytes = Segments.Read(Name());
        bytes[offset] = (byte)value;
        Segments.Write(Name("y"), bytes);
        SharedObjectException e = Assert.ThrowsAny<SharedObjectException>(() => SharedDynamicObject.Open(Name("y"), NoWait));
        Assert.True(e is SharedFormatException or SharedSchemaException, e.ToString());
        Assert.Contains(named, e.Message, StringComparison.Ordinal);

        if (offset < FixedSize)
        {
            using RawSegment raw = Raw();
            raw.Bytes[offset] = (byte)value;
            Assert.Throws<SharedFormatException>(() => handle.Fetch());
            Assert.Throws<SharedFormatException>(() => handle.Assign(2));
            Assert.Equal(value, raw.Bytes[offset]); // who might know better is left alone
        }
    }

    [Fact]
    public void What_is_no_value_is_not_made_anew()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), 1.5);
        using RawSegment raw = Raw();
        handle.Unlink();
        raw.Bytes[Value] = 99;
        Assert.Throws<SharedFormatException>(() => handle.Republish());
        SetLength(raw, 1 << 20);
        Assert.Throws<SharedFormatException>(() => handle.Republish());
        Assert.False(SharedObject.Exists(Name()));
        handle.Assign(2.5);
        Assert.True(handle.Republish());
        using SharedDynamicObject found = SharedDynamicObject.Open(Name());
        Assert.Equal(2.5, found.Fetch());
    }

    [Fact]
    public void A_segment_that_is_too_short()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), 1.5);
        byte[] bytes = Segments.Read(Name());
        for (int length = ObjectHeader.DataOffset; length <= Value; length++)
        {
            Segments.Write(Name("y"), bytes.AsSpan(0, length));
            Assert.Throws<SharedFormatException>(() => SharedDynamicObject.Open(Name("y"), NoWait));
            Assert.Throws<SharedFormatException>(() => SharedTrigger.Open(Name("y"), NoWait));
        }

        Segments.Write(Name("y"), bytes.AsSpan(0, Value + 9));
        using SharedDynamicObject exact = SharedDynamicObject.Open(Name("y"));
        Assert.Equal(1.5, exact.Fetch());
    }

    /// <summary>Did the lock's holder not notice, this would end the test process by SIGBUS.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(Value)]
    [InlineData(4096)]
    public void A_segment_that_is_truncated(long length)
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), Certified.Make(8, 50_000), new SharedObjectOptions { LockFreeReads = false });
        using SharedDynamicObject readOnly = SharedDynamicObject.Open(Name(), new SharedObjectOptions { LockFreeReads = false, ReadOnly = true });
        object larger = Certified.Make(9, 500_000);
        Assert.Equal(0, Syscall.truncate(Segments.Path(Name()), length));
        foreach (Action action in new Action[]
        {
            () => handle.Fetch(),
            () => readOnly.TryFetch(out _),
            () => handle.FetchLayout(),
            () => handle.Assign(1),
            () => handle.Assign(new float[3]),
            () => handle.Assign(larger),
            () => handle.Trigger(),
            () => handle.AcceptTorn(),
        })
        {
            SharedFormatException e = Assert.Throws<SharedFormatException>(action);
            Assert.Contains($"{length} bytes", e.Message, StringComparison.Ordinal);
            Assert.Equal(length, RawSegment.SizeOf(Name())); // nobody makes it longer again, with zeros for its head
        }

        handle.Unlink();
        using SharedDynamicObject other = SharedDynamicObject.Create(Name(), "anew");
        Assert.True(handle.TryRemount());
        Assert.Equal("anew", handle.Fetch());
    }

    [Fact]
    public void A_dynamic_object_is_no_value()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), SharedList.From([1L]));
        using RawSegment raw = Raw();
        raw.Bytes[Value] = Segments.Read(Name())[Tag];
        Assert.Throws<SharedFormatException>(() => handle.Fetch());
        raw.Bytes[Value] = (byte)WireTag.List;
        raw.Bytes[Value + 17] = Segments.Read(Name())[Tag];
        Assert.Throws<SharedFormatException>(() => handle.Fetch());
    }

    [Fact]
    public void A_value_that_ends_before_its_length_or_behind_it()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), 1.5);
        using RawSegment raw = Raw();
        foreach (ulong length in new ulong[] { 1, 8, 10, 9 + 128 })
        {
            SetLength(raw, length);
            Assert.Throws<SharedFormatException>(() => handle.Fetch());
        }

        SetLength(raw, 9);
        Assert.Equal(1.5, handle.Fetch());
    }

    [Fact]
    public void Any_bytes_are_a_value_or_refused()
    {
        var random = new Random(20261122);
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name());
        for (int i = 0; i < Mutations; i++)
        {
            handle.Assign(Certified.Make(i + 7, random.Next(8, 600)));
            using (RawSegment raw = Raw())
            {
                int length = (int)LengthOf(raw);
                for (int n = random.Next(1, 4); n > 0; n--)
                {
                    raw.Bytes[Value + random.Next(Math.Min(length, 60))] = (byte)random.Next(256);
                }

                if (random.Next(3) == 0)
                {
                    SetLength(raw, (ulong)random.Next(length + 20));
                }
            }

            try
            {
                handle.Fetch();
            }
            catch (SharedObjectException)
            {
            }
        }

        handle.Assign(5);
        Assert.Equal(5L, handle.Fetch());
    }

    /// <summary>The stamps stay as they are, so that nothing tells a reader of it: whatever it makes of that, it is no crash.</summary>
    [Fact]
    public void Words_that_change_while_they_are_read()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), Certified.Make(8, 3000));
        handle.Assign(Certified.Make(9, 100_000));
        using RawSegment raw = Raw();
        byte[] before = raw.Copy;
        ulong[] lengths = [.. WrongLengths, 9, 800, LengthOf(raw)];
        var seen = new HashSet<Type>();
        bool done = false;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                try
                {
                    handle.Fetch();
                    seen.Add(typeof(object));
                }
                catch (Exception e)
                {
                    seen.Add(e.GetType());
                    if (e is not SharedObjectException)
                    {
                        Volatile.Write(ref failure, e);
                        return;
                    }
                }
            }
        });
        thread.Start();
        var random = new Random(20261122);
        long end = Environment.TickCount64 + 1500;
        for (int i = 0; Environment.TickCount64 < end && failure is null; i++)
        {
            int at = random.Next(4);
            if (at == 0)
            {
                SetLength(raw, lengths[random.Next(lengths.Length)]);
            }
            else if (at == 1)
            {
                raw.Bytes[Tag + random.Next(2)] = (byte)random.Next(256);
            }
            else if (at == 2)
            {
                raw.Bytes[Value + random.Next(30)] = (byte)random.Next(256);
            }
            else
            {
                before.AsSpan(8, 16).CopyTo(raw.Bytes[8..]);
                before.AsSpan(Value, 40).CopyTo(raw.Bytes[Value..]);
            }
        }

        Volatile.Write(ref done, true);
        thread.Join();
        Assert.Null(failure);
        Assert.Contains(typeof(SharedFormatException), seen);
        before.AsSpan(8, 16).CopyTo(raw.Bytes[8..]);
        handle.Assign(Certified.Make(10, 3000));
        Assert.Equal(10, Certified.NumberOf(handle.Fetch()));
    }
}
