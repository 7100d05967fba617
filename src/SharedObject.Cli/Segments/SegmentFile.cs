using System;
using System.IO;
using SharedObjects.Cli.Shell;
using SharedObjects.Interop;
using SharedObjects.Memory;

namespace SharedObjects.Cli.Segments;

/// <summary>
/// A segment's file, opened for reading: never through a symbolic link, never waiting on a FIFO, never mapped (a peer that cuts a mapped
/// segment short would end us with a SIGBUS).
/// </summary>
internal sealed class SegmentFile : IDisposable
{
    private SegmentFile(string name, SegmentDescriptor descriptor)
    {
        Name = name;
        Descriptor = descriptor;
    }

    internal string Name { get; }

    /// <summary>Its descriptor's number; the file is used by one thread, and disposed by it.</summary>
    internal int Number => Descriptor.Number;

    internal SegmentDescriptor Descriptor { get; }

    /// <summary>Opens a segment; null, and the error number, where that is not possible or it is no regular file.</summary>
    internal static SegmentFile? TryOpen(string name, out int errno)
    {
        int number = Posix.Open(SegmentName.ToPath(name), writable: false);
        errno = number < 0 ? -number : 0;
        if (number < 0)
        {
            return null;
        }

        var file = new SegmentFile(name, new SegmentDescriptor(number));
        if (file.TryStatus(out FileStatus status) && status.IsRegularFile)
        {
            return file;
        }

        file.Dispose();
        errno = Errno.EISDIR;
        return null;
    }

    /// <summary>Opens a segment.</summary>
    /// <exception cref="ToolException">It can't be opened.</exception>
    internal static SegmentFile Open(string name) => TryOpen(name, out int errno) ?? throw ToolException.Failed(errno switch
    {
        Errno.ENOENT => Tool.NotFound(name),
        Errno.EACCES or Errno.EPERM => $"'{name}' may not be read by this user: run as its owner (ls -l /dev/shm says who that is), or as root",
        Errno.ELOOP => $"'{name}' is a symbolic link, and those are not followed: look at what it points to",
        Errno.EISDIR or Errno.ENXIO => $"'{name}' is not a regular file, and so no shared object",
        _ => $"'{name}' can't be opened (errno {errno})",
    });

    internal bool TryStatus(out FileStatus status) => Posix.Status(Number, out status) >= 0;

    internal FileStatus Status() => TryStatus(out FileStatus status) ? status : throw new IOException($"'{Name}' can't be looked at");

    /// <summary>Reads at an offset until the bytes are full or the file ends.</summary>
    /// <returns>How many were read.</returns>
    internal int Read(Span<byte> bytes, long offset)
    {
        int done = 0;
        while (done < bytes.Length)
        {
            int read = Posix.Read(Number, bytes[done..], offset + done);
            if (read < 0)
            {
                throw new IOException($"'{Name}' can't be read (errno {-read})");
            }

            if (read == 0)
            {
                break;
            }

            done += read;
        }

        return done;
    }

    public void Dispose() => Descriptor.Dispose();
}
