using System.IO;
using System.Threading;
using Mono.Unix.Native;

namespace SharedObjects.Stress;

/// <summary>A file of words that processes share, mapped for as long as the process lives.</summary>
internal sealed unsafe class SharedWords
{
    private readonly byte* _address;

    internal SharedWords(string path)
    {
        int descriptor = Syscall.open(path, OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC);
        _ = Syscall.fstat(descriptor, out Stat status);
        nint address = Syscall.mmap(0, (ulong)status.st_size, MmapProts.PROT_READ | MmapProts.PROT_WRITE, MmapFlags.MAP_SHARED, descriptor, 0);
        _ = Syscall.close(descriptor);
        _address = address == Syscall.MAP_FAILED ? throw new IOException($"{path} can't be mapped") : (byte*)address;
    }

    internal long Get(int offset) => Volatile.Read(ref *(long*)(_address + offset));

    internal void Set(int offset, long value) => Volatile.Write(ref *(long*)(_address + offset), value);
}
