using System;
using System.IO;
using System.Linq;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.LockFree;

/// <summary>A trailer of another version belongs to programs that know it: the object is used as if it had none.</summary>
public sealed class VersionTests : SegmentTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(255)]
    public void The_object_is_used_under_the_lock_and_the_trailer_is_left_alone(byte version)
    {
        MakeWithVersion(version);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        byte[] trailer = raw.Copy[raw.Trailer..];
        using SharedObject<double> handle = SharedObject.Open<double>(Name());
        using SharedObject<double> readOnly = SharedObject.Open<double>(Name(), new SharedObjectOptions { ReadOnly = true });
        using SharedObject<double> second = SharedObject.OpenOrCreate(Name(), 9.5);
        Assert.False(handle.HasTrailer);
        Assert.Equal(1.5, handle.Fetch());
        raw.WhileLocked(() => Assert.False(handle.TryFetch(out _)));
        handle.Assign(2.5);
        Assert.Equal(2.5, readOnly.Fetch());
        second.Trigger();
        Assert.True(handle.Triggered);
        second.UpdateInPlace(0, static (bytes, in context, state) => BitConverter.TryWriteBytes(bytes[9..], 3.5));
        Assert.Equal(3.5, handle.Fetch());
        Assert.Throws<InvalidTimeZoneException>(() =>
            second.UpdateInPlace(0, static (bytes, in context, state) => throw new InvalidTimeZoneException()));
        Assert.False(second.AcceptTorn());
        Assert.Equal(3.5, handle.Fetch());
        Assert.Equal(trailer, raw.Copy[raw.Trailer..]);
        Assert.Equal(256, RawSegment.SizeOf(Name()));
    }

    [Fact]
    public void Using_it_over_and_over_leaves_no_mappings()
    {
        MakeWithVersion(2);
        using SharedObject<double> handle = SharedObject.Open<double>(Name());
        int before = Mappings();
        for (int i = 0; i < 200; i++)
        {
            handle.Fetch();
            handle.Assign(i);
        }

        Assert.InRange(Mappings(), 1, before); // fewer if the maker's was collected only now
    }

    private void MakeWithVersion(byte version)
    {
        SharedObject.Create(Name(), 1.5).Dispose();
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        raw.Bytes[(raw.Trailer + 8)..].Fill(0x5A); // whatever another version may mean by it
        raw.Bytes[raw.Trailer + 7] = version;
    }

    private int Mappings()
    {
        Assert.Equal(0, Mono.Unix.Native.Syscall.stat(Segments.Path(Name()), out Mono.Unix.Native.Stat status));
        string inode = $"{status.st_ino}";
        return File.ReadLines("/proc/self/maps").Count(line =>
            line.Contains("/dev/shm/", StringComparison.Ordinal) && line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4] == inode);
    }
}
