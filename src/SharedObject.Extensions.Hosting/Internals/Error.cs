using System;
using System.Globalization;

namespace SharedObjects.Hosting.Internals;

/// <summary>Makes the library's own exceptions: one place for their words.</summary>
internal static class Error
{
    internal static ProcessEndedException ProcessEnded(int processId, int? exitCode)
    {
        string code = exitCode is { } known ? $" with exit code {known.ToString(CultureInfo.InvariantCulture)}" : "";
        return new ProcessEndedException(
            $"Process {Text(processId)} ended{code} before it said that it is ready. Look at its output; "
                + "if it did its work, it must signal before it ends (ProcessReady.Signal, or signal_ready in Python).",
            processId,
            exitCode);
    }

    internal static TimeoutException NotReady(int processId, TimeSpan timeout) => new(
        $"Process {Text(processId)} is alive, but has not said within {timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s "
            + "that it is ready. Give it more time, or see whether it signals at all: it may have done so before anybody waited, "
            + "in which case real_robot's own function leaves no trace.");

    private static string Text(int processId) => processId.ToString(CultureInfo.InvariantCulture);
}
