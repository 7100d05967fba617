using System;
using System.IO;
using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace SharedObjects.Interop;

/// <summary>
/// Every native call of the library. What Mono.Posix offers is taken from there; what it lacks (<c>flock</c>, <c>linkat</c>,
/// <c>O_TMPFILE</c>, which its flag conversion refuses, …) is imported here.
/// </summary>
/// <remarks>
/// Calls return 0 (or the descriptor), or minus the error number: callers decide what an error means, as ENOENT is an answer to
/// one and a failure to another. EINTR never comes out: a call that a signal has interrupted is made again.
/// </remarks>
internal static unsafe partial class Posix
{
    private const int O_RDONLY = 0;
    private const int O_RDWR = 2;
    private const int O_NOFOLLOW_X64 = 0x20000;
    private const int O_NOFOLLOW_ARM64 = 0x8000;
    private const int O_DIRECTORY_X64 = 0x10000;
    private const int O_DIRECTORY_ARM64 = 0x4000;
    private const int O_NONBLOCK = 0x800;
    private const int O_CLOEXEC = 0x80000;
    private const int O_TMPFILE_BIT = 0x400000;
    private const int AT_FDCWD = -100;
    private const int AT_SYMLINK_FOLLOW = 0x400;
    private const int CLOCK_REALTIME = 0;

    private static readonly bool IsArm64 = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    internal enum LockOperation
    {
        Shared = 1,
        Exclusive = 2,
    }

    /// <summary>Opens a file, never through a symbolic link, never blocking on a FIFO, and not to be inherited by exec.</summary>
    internal static int Open(string path, bool writable) =>
        OpenFlags(path, (writable ? O_RDWR : O_RDONLY) | O_NONBLOCK | (IsArm64 ? O_NOFOLLOW_ARM64 : O_NOFOLLOW_X64));

    /// <summary>Opens the file of a descriptor once more: a new open file description, which has locks of its own.</summary>
    internal static int Reopen(int descriptor) => OpenFlags(DescriptorPath(descriptor), O_RDONLY);

    /// <summary>Makes a file without a name, mode 0600; <see cref="Link"/> gives it one.</summary>
    internal static int OpenUnnamed(string directory) =>
        OpenFlags(directory, O_RDWR | O_TMPFILE_BIT | (IsArm64 ? O_DIRECTORY_ARM64 : O_DIRECTORY_X64));

    /// <summary>Gives an unnamed file its name, in one step; EEXIST if the name is taken.</summary>
    internal static int Link(int descriptor, string path)
    {
        int result;
        do
        {
            result = Result(linkat(AT_FDCWD, DescriptorPath(descriptor), AT_FDCWD, path, AT_SYMLINK_FOLLOW));
        }
        while (result == -Errno.EINTR);
        return result;
    }

    internal static int Unlink(string path) => Result(Syscall.unlink(path));

    internal static int Close(int descriptor) => Result(Syscall.close(descriptor));

    internal static int Status(int descriptor, out FileStatus status)
    {
        int result = Result(Syscall.fstat(descriptor, out Stat stat));
        status = StatusOf(stat);
        return result;
    }

    /// <summary>Of the file that a path leads to; of a symbolic link itself, as those are never followed.</summary>
    internal static int Status(string path, out FileStatus status)
    {
        int result = Result(Syscall.lstat(path, out Stat stat));
        status = StatusOf(stat);
        return result;
    }

    /// <summary>The file's size; cheaper than <see cref="Status(int, out FileStatus)"/>. Nothing in this library uses a descriptor's position, which it moves.</summary>
    internal static long Size(int descriptor)
    {
        const int SEEK_END = 2;
        long size = lseek(descriptor, 0, SEEK_END);
        return size < 0 ? -Marshal.GetLastSystemError() : size;
    }

    /// <summary>Sets who may do what with a file; the process's umask has no part in it.</summary>
    internal static int SetMode(int descriptor, UnixFileMode mode)
    {
        int result;
        do
        {
            result = Result(Syscall.fchmod(descriptor, (FilePermissions)mode));
        }
        while (result == -Errno.EINTR);
        return result;
    }

    /// <summary>The user that this process acts as.</summary>
    internal static uint User() => Syscall.geteuid();

    /// <summary>
    /// Reads each page of a mapping, so that those that are missing are there afterwards: EFAULT where one was not to be had and reading
    /// it would have been a SIGBUS, EINVAL where Linux is older than 5.14.
    /// </summary>
    internal static int Populate(nint address, long size)
    {
        const int MADV_POPULATE_READ = 22;
        int result;
        do
        {
            result = Result(madvise(address, (nuint)size, MADV_POPULATE_READ));
        }
        while (result == -Errno.EINTR);
        return result;
    }

    internal static int Truncate(int descriptor, long size)
    {
        int result;
        do
        {
            result = Result(Syscall.ftruncate(descriptor, size));
        }
        while (result == -Errno.EINTR);
        return result;
    }

    /// <summary>Reserves the file's pages, so that a full file system is an error here and not a SIGBUS later.</summary>
    internal static int Allocate(int descriptor, long size)
    {
        int error;
        do
        {
            error = posix_fallocate(descriptor, 0, size);
        }
        while (error == Errno.EINTR);
        return -error;
    }

    /// <summary>Reads bytes at an offset.</summary>
    /// <returns>How many were read, or minus the error number.</returns>
    internal static int Read(int descriptor, Span<byte> bytes, long offset)
    {
        fixed (byte* first = bytes)
        {
            int result;
            do
            {
                result = Result((int)Syscall.pread(descriptor, first, (ulong)bytes.Length, offset));
            }
            while (result == -Errno.EINTR);
            return result;
        }
    }

    /// <summary>Writes bytes at an offset, which may make the file longer.</summary>
    /// <returns>How many were written, or minus the error number.</returns>
    internal static int Write(int descriptor, ReadOnlySpan<byte> bytes, long offset)
    {
        fixed (byte* first = bytes)
        {
            int result;
            do
            {
                result = Result((int)Syscall.pwrite(descriptor, first, (ulong)bytes.Length, offset));
            }
            while (result == -Errno.EINTR);
            return result;
        }
    }

    /// <summary>Writes bytes where the descriptor stands, which may be a pipe or a terminal.</summary>
    /// <returns>How many were written, or minus the error number.</returns>
    internal static int WriteNext(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            int result;
            do
            {
                result = Result((int)Syscall.write(descriptor, first, (ulong)bytes.Length));
            }
            while (result == -Errno.EINTR);
            return result;
        }
    }

    /// <summary>Sleeps, with a precision that <see cref="System.Threading.Thread.Sleep(TimeSpan)"/> (whole milliseconds) has not; a signal may end it early.</summary>
    internal static void Sleep(TimeSpan time)
    {
        var request = new Timespec
        {
            tv_sec = (long)time.TotalSeconds,
            tv_nsec = time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
        };
        Timespec rest = default;
        _ = Syscall.nanosleep(ref request, ref rest);
    }

    internal static int Map(int descriptor, long size, bool writable, out nint address)
    {
        MmapProts access = writable ? MmapProts.PROT_READ | MmapProts.PROT_WRITE : MmapProts.PROT_READ;
        address = Syscall.mmap(0, (ulong)size, access, MmapFlags.MAP_SHARED, descriptor, 0);
        return address == Syscall.MAP_FAILED ? -Marshal.GetLastPInvokeError() : 0;
    }

    internal static int Unmap(nint address, long size) => Result(Syscall.munmap(address, (ulong)size));

    /// <summary>Takes, changes or releases a lock, if that is possible at once; EAGAIN if it is not.</summary>
    internal static int TryLock(int descriptor, LockOperation operation)
    {
        const int LOCK_NB = 4;
        return ResultAtOnce(flock_at_once(descriptor, (int)operation | LOCK_NB));
    }

    /// <summary>Releases a lock.</summary>
    internal static int Unlock(int descriptor)
    {
        const int LOCK_UN = 8;
        return ResultAtOnce(flock_at_once(descriptor, LOCK_UN));
    }

    /// <summary>Takes a lock, waiting for as long as it takes.</summary>
    internal static int Lock(int descriptor, LockOperation operation)
    {
        int result;
        do
        {
            result = Result(flock(descriptor, (int)operation));
        }
        while (result == -Errno.EINTR);
        return result;
    }

    /// <summary>The time of the clock that stamps are made of, in nanoseconds since the epoch.</summary>
    internal static ulong Now()
    {
        TimeSpecification time;
        _ = clock_gettime(CLOCK_REALTIME, &time);
        return ((ulong)time.Seconds * 1_000_000_000) + (ulong)time.Nanoseconds;
    }

    private static FileStatus StatusOf(in Stat stat)
    {
        const int BlockSize = 512; // stat(2): whatever the file system's own blocks are
        return new FileStatus(
            stat.st_dev,
            stat.st_ino,
            stat.st_size,
            stat.st_blocks * BlockSize,
            (long)stat.st_nlink,
            stat.st_uid,
            (UnixFileMode)(stat.st_mode & FilePermissions.ALLPERMS),
            (stat.st_mode & FilePermissions.S_IFMT) == FilePermissions.S_IFREG);
    }

    private static string DescriptorPath(int descriptor) => $"/proc/self/fd/{descriptor}";

    private static int OpenFlags(string path, int flags)
    {
        const int OwnerReadsAndWrites = 0b110_000_000;
        int result;
        do
        {
            result = Result(open(path, flags | O_CLOEXEC, OwnerReadsAndWrites));
        }
        while (result == -Errno.EINTR);
        return result;
    }

    // Mono.Posix's imports set the last error as well, so that one way of reading it serves both.
    private static int Result(int returned) => returned < 0 ? -Marshal.GetLastPInvokeError() : returned;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int open(string path, int flags, uint mode);

    // Of a call without a GC transition: nothing of the runtime's has run since that could have changed the error number.
    private static int ResultAtOnce(int returned) => returned < 0 ? -Marshal.GetLastSystemError() : returned;

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int flock(int descriptor, int operation);

    // Only for operations that never block (LOCK_NB, LOCK_UN): a thread without a GC transition holds up every collection.
    [LibraryImport("libc", EntryPoint = "flock")]
    [SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int flock_at_once(int descriptor, int operation);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int linkat(int fromDirectory, string from, int toDirectory, string to, int flags);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int posix_fallocate(int descriptor, long offset, long size);

    [LibraryImport("libc")]
    [SuppressGCTransition] // of a file in memory it looks at a field; it could only block on a description that others share, and ours are not inherited
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial long lseek(int descriptor, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int madvise(nint address, nuint size, int advice);

    [LibraryImport("libc")]
    [SuppressGCTransition] // a vDSO call of some 20 ns that never blocks
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int clock_gettime(int clock, TimeSpecification* time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpecification
    {
        internal nint Seconds;
        internal nint Nanoseconds;
    }
}
