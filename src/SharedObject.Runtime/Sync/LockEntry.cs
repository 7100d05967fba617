namespace SharedObjects.Sync;

/// <summary>One <c>flock</c> that is held or waited for, as the kernel shows it.</summary>
/// <param name="File">The file: <see cref="Interop.FileStatus.LockTableName"/>.</param>
/// <param name="Process">
/// The process that took it, which may have passed it on or ended since. 0 or less where it is of another PID namespace; within one of its own
/// (a container) also where it has ended.
/// </param>
/// <param name="IsWriter">Whether it is the writer's lock, else a readers'.</param>
/// <param name="IsWaiting">Not held, but waited for.</param>
internal sealed record LockEntry(string File, int Process, bool IsWriter, bool IsWaiting);
