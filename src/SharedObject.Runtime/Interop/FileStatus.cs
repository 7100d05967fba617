namespace SharedObjects.Interop;

/// <summary>What <c>fstat</c> says about a file.</summary>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Inode">Its number on its file system.</param>
/// <param name="Links">How many names it has; 0 once it was unlinked.</param>
/// <param name="IsRegularFile">Whether it is a file, and not a directory, a FIFO, a socket or a device.</param>
/// <param name="Device">The file system it is on, as <c>st_dev</c>.</param>
/// <param name="Owner">The user it belongs to.</param>
/// <param name="Permissions">The nine bits of its mode.</param>
internal readonly record struct FileStatus(
    long Size, ulong Inode, long Links, bool IsRegularFile, ulong Device, uint Owner, uint Permissions);
