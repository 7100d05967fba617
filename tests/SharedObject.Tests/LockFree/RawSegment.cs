using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using Mono.Unix.Native;

namespace SharedObjects.Tests.LockFree;

/// <summary>
/// A segment mapped behind the library's back, with a descriptor of its own: what other processes do to it, step by step. All offsets are
/// written down here once more, apart from the library's.
/// </summary>
internal sealed unsafe partial class RawSegment : IDisposable
{
    internal const int Data = 9;
    internal const int Writing = 8, Commit = 16, SchemaHash = 24, Wake = 64, Waiters = 68;
    internal const int TrailerSize = 128;

    private const int LOCK_SH = 1, LOCK_EX = 2, LOCK_NB = 4, LOCK_UN = 8;

    private readonly int _descriptor;
    private readonly byte* _address;

    /// <summary>Maps a segment.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="objectSize">The size of its object.</param>
    internal RawSegment(string name, int objectSize)
    {
        _descriptor = Syscall.open("/dev/shm/" + name, OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC);
        Size = Length(_descriptor);
        Trailer = TrailerOf(objectSize);
        nint address = Syscall.mmap(0, (ulong)Size, MmapProts.PROT_READ | MmapProts.PROT_WRITE, MmapFlags.MAP_SHARED, _descriptor, 0);
        if (address == Syscall.MAP_FAILED)
        {
            throw new IOException($"{name} can't be mapped: {Stdlib.GetLastError()}");
        }

        _address = (byte*)address;
    }

    /// <summary>How long the segment was when it was mapped.</summary>
    internal int Size { get; }

    /// <summary>Where the trailer is.</summary>
    internal int Trailer { get; }

    internal Span<byte> Bytes => new(_address, Size);

    internal byte[] Copy => Bytes.ToArray();

    internal ulong MtimeWord
    {
        get => Volatile.Read(ref Word(0));
        set => Volatile.Write(ref Word(0), value);
    }

    internal ulong WritingWord
    {
        get => Volatile.Read(ref Word(Trailer + Writing));
        set => Volatile.Write(ref Word(Trailer + Writing), value);
    }

    internal ulong CommitWord
    {
        get => Volatile.Read(ref Word(Trailer + Commit));
        set => Volatile.Write(ref Word(Trailer + Commit), value);
    }

    internal uint WakeWord => Volatile.Read(ref *(uint*)(_address + Trailer + Wake));

    internal uint WaitersWord
    {
        get => Volatile.Read(ref *(uint*)(_address + Trailer + Waiters));
        set => Volatile.Write(ref *(uint*)(_address + Trailer + Waiters), value);
    }

    internal static int TrailerOf(int objectSize) => (objectSize + 127) / 128 * 128;

    internal static long SizeOf(string name) => new FileInfo("/dev/shm/" + name).Length;

    /// <summary>Takes the writer's lock, as another process would have it.</summary>
    internal void LockExclusive() => Lock(LOCK_EX);

    internal bool TryLockExclusive() => flock(_descriptor, LOCK_EX | LOCK_NB) == 0;

    internal void LockShared() => Lock(LOCK_SH);

    internal void Unlock() => Assert.Equal(0, flock(_descriptor, LOCK_UN));

    // A wait that has been given up may be granted the lock a moment later, and lets it go.
    private void Lock(int mode) => Assert.True(SpinWait.SpinUntil(() => flock(_descriptor, mode | LOCK_NB) == 0, TimeSpan.FromSeconds(30)), "the lock is not free");

    /// <summary>What happens while another process has the writer's lock.</summary>
    internal void WhileLocked(Action action)
    {
        LockExclusive();
        try
        {
            action();
        }
        finally
        {
            Unlock();
        }
    }

    /// <summary>A whole assign of a plain Python process: mtime, then data, and nothing else.</summary>
    internal ulong PlainAssign(int offset, params ReadOnlySpan<byte> data)
    {
        LockExclusive();
        ulong stamp = PlainStamp();
        data.CopyTo(Bytes[offset..]);
        Unlock();
        return stamp;
    }

    /// <summary>A trigger of a plain Python process.</summary>
    internal ulong PlainTrigger()
    {
        LockExclusive();
        ulong stamp = PlainStamp();
        Unlock();
        return stamp;
    }

    /// <summary>A C# write that gets as far as some of the data, and dies.</summary>
    internal ulong Die(int offset, params ReadOnlySpan<byte> data)
    {
        LockExclusive();
        ulong stamp = PlainStamp();
        WritingWord = stamp;
        data.CopyTo(Bytes[offset..]);
        Unlock(); // the kernel does it
        return stamp;
    }

    /// <summary>FUTEX_WAIT on the wake word, as another process would do it.</summary>
    /// <returns>0 if woken, or the error number: 11 (EAGAIN) if the word was another one already, 110 (ETIMEDOUT).</returns>
    internal int WaitOnWake(uint expected, TimeSpan limit)
    {
        const int FUTEX_WAIT = 0;
        long number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98 : 202;
        long* time = stackalloc long[2];
        time[0] = (long)limit.TotalSeconds;
        time[1] = limit.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick;
        long result = syscall(number, _address + Trailer + Wake, FUTEX_WAIT, expected, time, null, 0);
        return result < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>The thread that calls it, as the kernel numbers them.</summary>
    internal static int ThisThread() => gettid();

    /// <summary>Whether a thread of this process sleeps in the kernel.</summary>
    internal static bool Sleeps(int thread)
    {
        string stat = File.ReadAllText($"/proc/self/task/{thread}/stat");
        return stat[stat.LastIndexOf(')') + 2] == 'S';
    }

    public void Dispose()
    {
        _ = Syscall.munmap((nint)_address, (ulong)Size);
        _ = Syscall.close(_descriptor);
    }

    // Beyond what is there, by whatever clock.
    private ulong PlainStamp() => MtimeWord += 1_000_000;

    private ref ulong Word(int offset) => ref *(ulong*)(_address + offset);

    private static int Length(int descriptor) =>
        Syscall.fstat(descriptor, out Stat status) == 0 ? (int)status.st_size : throw new IOException("no such segment");

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int flock(int descriptor, int operation);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int gettid();

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial long syscall(long number, void* word, int operation, uint value, long* time, void* word2, int value3);
}
