using System;

namespace SharedObjects.Cli.Shell;

/// <summary>Ends a verb, or what it does with one of its names: one line for people, and the exit code.</summary>
internal sealed class ToolException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    internal int ExitCode { get; } = exitCode;

    internal static ToolException Failed(string message) => new(Shell.ExitCode.Failed, message);

    internal static ToolException Usage(string message, Exception? inner = null) => new(Shell.ExitCode.Usage, message, inner);

    internal static ToolException Locked(string message) => new(Shell.ExitCode.Locked, message);
}
