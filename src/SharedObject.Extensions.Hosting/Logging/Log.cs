using System;
using Microsoft.Extensions.Logging;

namespace SharedObjects.Hosting.Logging;

/// <summary>Every log line of the library.</summary>
internal static partial class Log
{
    [LoggerMessage(SharedObjectEventIds.Unlinked, LogLevel.Warning,
        "The name of the shared object '{Name}' is gone: who has it open shares it still, but nobody can find it. Its producer has unlinked it, or the resource tracker of a Python process that has ended.")]
    internal static partial void Unlinked(ILogger logger, string name);

    [LoggerMessage(SharedObjectEventIds.Replaced, LogLevel.Warning,
        "The shared object '{Name}' was made anew, and a handle of this process stays with the old one.")]
    internal static partial void Replaced(ILogger logger, string name);

    [LoggerMessage(SharedObjectEventIds.Remounted, LogLevel.Information,
        "The shared object '{Name}' was made anew by its producer; a handle of this process has moved there.")]
    internal static partial void Remounted(ILogger logger, string name);

    [LoggerMessage(SharedObjectEventIds.Republished, LogLevel.Information,
        "The name of the shared object '{Name}' was gone; this process has made it anew.")]
    internal static partial void Republished(ILogger logger, string name);

    [LoggerMessage(SharedObjectEventIds.Opened, LogLevel.Debug, "Opened the shared object '{Name}'.")]
    internal static partial void Opened(ILogger logger, string name);

    [LoggerMessage(SharedObjectEventIds.WaitingForProducer, LogLevel.Information, "Waiting for the producer of the shared object '{Name}'.")]
    internal static partial void WaitingForProducer(ILogger logger, string name);

    [LoggerMessage(SharedObjectEventIds.Watching, LogLevel.Information, "Watching the shared object '{Name}'.")]
    internal static partial void Watching(ILogger logger, string name);

    [LoggerMessage(SharedObjectEventIds.Silent, LogLevel.Warning,
        "No new value of the shared object '{Name}' has come for {Silence}. Its producer is late, or has stopped.")]
    internal static partial void Silent(ILogger logger, string name, TimeSpan silence);

    [LoggerMessage(SharedObjectEventIds.Resumed, LogLevel.Information, "Values of the shared object '{Name}' come again.")]
    internal static partial void Resumed(ILogger logger, string name);

    [LoggerMessage(SharedObjectEventIds.WatchFailed, LogLevel.Error, "The shared object '{Name}' can't be watched; trying again each second.")]
    internal static partial void WatchFailed(ILogger logger, string name, Exception problem);
}
