using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using Mono.Unix.Native;

namespace SharedObjects.Hunt;

/// <summary>A segment mapped behind the library's back, for the control and for what the hunt itself looks at.</summary>
internal sealed unsafe partial class RawSegment : IDisposable
{
    private const int WritingOffset = 8, CommitOffset = 16;
    private const int LOCK_SH = 1, LOCK_NB = 4, LOCK_UN = 8;

    private readonly ObjectPlan _plan;
    private readonly int _descriptor;
    private readonly byte* _address;

    internal RawSegment(ObjectPlan plan)
    {
        _plan = plan;
        _descriptor = Syscall.open("/dev/shm/" + plan.Name, OpenFlags.O_RDONLY | OpenFlags.O_CLOEXEC);
        nint address = Syscall.mmap(0, (ulong)plan.SegmentSize, MmapProts.PROT_READ, MmapFlags.MAP_SHARED, _descriptor, 0);
        if (_descriptor < 0 || address == Syscall.MAP_FAILED)
        {
            throw new IOException($"{plan.Name} can't be mapped: {Stdlib.GetLastError()}");
        }

        _address = (byte*)address;
    }

    internal ReadOnlySpan<byte> Bytes => new(_address, _plan.Size);

    internal ulong Mtime => Volatile.Read(ref *(ulong*)_address);

    // The trailer's words lie behind the end of a segment that nobody has adopted yet, which must not be touched.
    internal ulong Writing => HasTrailer ? Volatile.Read(ref *(ulong*)(_address + _plan.TrailerOffset + WritingOffset)) : 0;

    internal ulong Commit => HasTrailer ? Volatile.Read(ref *(ulong*)(_address + _plan.TrailerOffset + CommitOffset)) : 0;

    private bool HasTrailer => field || (field = Syscall.fstat(_descriptor, out Stat status) == 0 && status.st_size >= _plan.SegmentSize);

    /// <summary>Whether a C# write was never ended: looked at under the lock, if that is to be had at once.</summary>
    internal bool IsTorn()
    {
        if (flock(_descriptor, LOCK_SH | LOCK_NB) < 0)
        {
            return false;
        }

        bool torn = Writing != 0;
        _ = flock(_descriptor, LOCK_UN);
        return torn;
    }

    public void Dispose()
    {
        _ = Syscall.munmap((nint)_address, (ulong)_plan.SegmentSize);
        _ = Syscall.close(_descriptor);
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int flock(int descriptor, int operation);
}
