using System;
using System.Globalization;
using SharedObjects.Interop;

namespace SharedObjects.Cli.Linux;

/// <summary>A file as the kernel names it in /proc: the file system's number and the inode.</summary>
/// <remarks>A class, as collections of structs of our own are compiled at each start (docs/cli.md, "Start-up").</remarks>
internal sealed record FileId(uint Major, uint Minor, ulong Inode)
{
    internal static FileId Of(in FileStatus status) => new(status.DeviceMajor, status.DeviceMinor, status.Inode);

    /// <summary>Reads "00:1a" and an inode; null if they are none.</summary>
    internal static FileId? TryParse(ReadOnlySpan<char> device, ReadOnlySpan<char> inode)
    {
        int colon = device.IndexOf(':');
        if (colon < 0
            || !uint.TryParse(device[..colon], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint major)
            || !uint.TryParse(device[(colon + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint minor)
            || !ulong.TryParse(inode, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
        {
            return null;
        }

        return new FileId(major, minor, number);
    }
}
