namespace SharedObjects;

/// <summary>A process that held an object's lock when another one gave up waiting for it.</summary>
public sealed class SharedLockHolder
{
    internal SharedLockHolder(int processId, string? command, bool isWriter, bool isStopped)
    {
        ProcessId = processId;
        Command = command;
        IsWriter = isWriter;
        IsStopped = isStopped;
    }

    /// <summary>The process's id, as this process sees it.</summary>
    public int ProcessId { get; }

    /// <summary>
    /// The program, and where it is an interpreter's also the script: <c>python3 camera.py</c>. Null if the process has ended: the kernel
    /// names who took the lock, and a child that inherited the open file keeps it.
    /// </summary>
    public string? Command { get; }

    /// <summary>Whether it held the writer's lock, else the readers'.</summary>
    public bool IsWriter { get; }

    /// <summary>Whether the process was stopped (SIGSTOP, Ctrl-Z, a debugger).</summary>
    public bool IsStopped { get; }

    /// <summary>The command, the process's id, and what it held.</summary>
    public override string ToString() =>
        $"{Command ?? "a process that has ended"} (pid {ProcessId}, {(IsWriter ? "writer's" : "readers'")} lock{(IsStopped ? ", stopped" : "")})";
}
