using System;
using SharedObjects.Interop;

namespace SharedObjects.Cli.Following;

/// <summary>How long to sleep between looks: short while things change, longer while they don't, and bounded both ways.</summary>
internal sealed class Pace(TimeSpan longest)
{
    private TimeSpan _step = Shortest;

    internal static TimeSpan Shortest { get; } = TimeSpan.FromMilliseconds(0.5);

    internal static TimeSpan Longest { get; } = TimeSpan.FromMilliseconds(5);

    internal void Sleep(bool changed)
    {
        TimeSpan longer = _step * 1.25;
        _step = changed ? Shortest : longer < longest ? longer : longest;
        Posix.Sleep(_step);
    }
}
