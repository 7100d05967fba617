using System;
using System.IO;
using Mono.Unix.Native;
using SharedObjects.Tests.LockFree;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Dynamic;

/// <summary>The base of tests of dynamic objects. All offsets are written down here once more, apart from the library's.</summary>
public abstract class DynamicTest : SegmentTest
{
    internal const int Tag = 8, Version = 9, Length = 16, FixedSize = 128, Value = 256;

    private protected RawSegment Raw(string label = "x") => new(Name(label), FixedSize);

    private protected static void SetLength(RawSegment raw, ulong length) => BitConverter.TryWriteBytes(raw.Bytes[Length..], length);

    private protected static ulong LengthOf(RawSegment raw) => BitConverter.ToUInt64(raw.Bytes[Length..]);

    private protected static ulong Inode(string name) =>
        Syscall.stat(Segments.Path(name), out Stat status) == 0 ? status.st_ino : throw new IOException("no such segment");

    private protected static void AssertSame(object? expected, object? actual)
    {
        if (!JsonForm.SameBits(expected, actual))
        {
            Assert.Fail($"expected {JsonForm.Write(expected)}, found {JsonForm.Write(actual)}");
        }
    }
}
