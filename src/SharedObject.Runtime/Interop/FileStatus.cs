using System.Globalization;
using System.IO;

namespace SharedObjects.Interop;

/// <summary>What <c>fstat</c> says about a file.</summary>
/// <param name="Device">The file system's number.</param>
/// <param name="Inode">The file's number in it.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Reserved">How many bytes of memory it has: fewer than <paramref name="Size"/> where it has holes.</param>
/// <param name="Links">How many names it has.</param>
/// <param name="Owner">The user it belongs to.</param>
/// <param name="Mode">Who may do what with it.</param>
/// <param name="IsRegularFile">Whether it is neither a directory nor a device, a FIFO or a socket.</param>
internal readonly record struct FileStatus(
    ulong Device, ulong Inode, long Size, long Reserved, long Links, uint Owner, UnixFileMode Mode, bool IsRegularFile)
{
    /// <summary>Whether pages of it may be missing: touching one that the file system has no room for is a SIGBUS.</summary>
    internal bool IsSparse => Reserved < Size;

    // As glibc's gnu_dev_major and gnu_dev_minor take a dev_t apart.

    /// <summary>The major number of its device, as <c>/proc</c> shows it.</summary>
    internal uint DeviceMajor => (uint)(((Device >> 8) & 0xFFF) | ((Device >> 32) & 0xFFFF_F000));

    /// <summary>The minor number of its device.</summary>
    internal uint DeviceMinor => (uint)((Device & 0xFF) | ((Device >> 12) & 0xFFFF_FF00));

    /// <summary>What <c>/proc/locks</c> calls the file: major and minor number of its device, and its inode.</summary>
    internal string LockTableName => string.Create(CultureInfo.InvariantCulture, $"{DeviceMajor:x2}:{DeviceMinor:x2}:{Inode}");
}
