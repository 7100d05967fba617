using System;

namespace SharedObjects.Cli.Shell;

/// <summary>Nobody reads the output any more (<c>| head</c>): the tool ends, and has done what it was asked for.</summary>
internal sealed class BrokenPipeException : Exception;
