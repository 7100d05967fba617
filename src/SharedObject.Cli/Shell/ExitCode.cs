namespace SharedObjects.Cli.Shell;

/// <summary>What the tool ends with; docs/cli.md lists them for scripts.</summary>
internal static class ExitCode
{
    internal const int Done = 0;

    /// <summary>Something asked for is not so: no such object, a value that does not fit, a check that found something.</summary>
    internal const int Failed = 1;

    /// <summary>The command line or its input could not be understood; nothing was done.</summary>
    internal const int Usage = 2;

    /// <summary>An object's lock was not to be had in time.</summary>
    internal const int Locked = 3;
}
