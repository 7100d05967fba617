using System.IO;
using Mono.Unix.Native;

namespace SharedObjects.Soak;

/// <summary>A look at an object's trailer from outside the library (docs/protocol.md has the map).</summary>
internal static class Trailer
{
    // 9 bytes of header, 17 of an array's shape of one dimension; the trailer is at the next multiple of 128.
    private const long WaitersOffset = 128 + 68;

    /// <summary>How many count as waiters; 0 where there is no trailer, or no object.</summary>
    internal static unsafe int Waiters(string name)
    {
        // Not by .NET's files: they would take the object's lock.
        int descriptor = Syscall.open(Path.Combine("/dev/shm", name), OpenFlags.O_RDONLY | OpenFlags.O_CLOEXEC);
        if (descriptor < 0)
        {
            return 0;
        }

        int waiters = 0;
        _ = Syscall.pread(descriptor, &waiters, sizeof(int), WaitersOffset);
        _ = Syscall.close(descriptor);
        return waiters;
    }
}
