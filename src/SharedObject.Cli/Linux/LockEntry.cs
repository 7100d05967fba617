namespace SharedObjects.Cli.Linux;

/// <summary>One <c>flock</c> of /proc/locks.</summary>
/// <param name="File">The file.</param>
/// <param name="Process">The process that took it, which may have passed it on or ended since; 0 or less if it is in another container.</param>
/// <param name="IsExclusive">The writer's lock, or a readers'.</param>
/// <param name="IsWaiting">Not held, but waited for.</param>
internal sealed record LockEntry(FileId File, int Process, bool IsExclusive, bool IsWaiting);
