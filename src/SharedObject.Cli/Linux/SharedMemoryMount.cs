using System.IO;
using SharedObjects.Interop;
using SharedObjects.Memory;

namespace SharedObjects.Cli.Linux;

/// <summary>The file system of /dev/shm.</summary>
/// <param name="Total">Its size in bytes.</param>
/// <param name="Free">How many of them are free for this user.</param>
/// <param name="Type">Its type: tmpfs, as a rule.</param>
internal sealed record SharedMemoryMount(long Total, long Free, string Type)
{
    /// <summary>Its number, with the inode of /dev/shm itself; null if there is none.</summary>
    internal static FileId? Device
    {
        get
        {
            int descriptor = Posix.Open(SegmentName.Directory, writable: false);
            if (descriptor < 0)
            {
                return null;
            }

            bool known = Posix.Status(descriptor, out FileStatus status) >= 0;
            _ = Posix.Close(descriptor);
            return known ? FileId.Of(status) : null;
        }
    }

    internal static SharedMemoryMount? Find()
    {
        try
        {
            var drive = new DriveInfo(SegmentName.Directory);
            return new SharedMemoryMount(drive.TotalSize, drive.AvailableFreeSpace, drive.DriveFormat);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
