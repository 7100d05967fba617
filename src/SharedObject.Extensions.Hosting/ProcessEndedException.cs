using System;

namespace SharedObjects.Hosting;

/// <summary>A process ended before it said that it is ready (<see cref="ProcessReady"/>).</summary>
public sealed class ProcessEndedException : Exception
{
    internal ProcessEndedException(string message, int processId, int? exitCode)
        : base(message)
    {
        ProcessId = processId;
        ExitCode = exitCode;
    }

    /// <summary>The process's id.</summary>
    public int ProcessId { get; }

    /// <summary>Its exit code; null if this process has not started it, or was given its id alone.</summary>
    public int? ExitCode { get; }
}
