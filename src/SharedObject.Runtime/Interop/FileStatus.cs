namespace SharedObjects.Interop;

/// <summary>What <c>fstat</c> says about a file.</summary>
internal readonly record struct FileStatus(long Size, ulong Inode, long Links, bool IsRegularFile);
