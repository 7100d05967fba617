using System;
using System.Collections.Concurrent;
using System.Linq;
using Microsoft.Extensions.Logging;

namespace SharedObjects.Hosting.Tests.Support;

/// <summary>Keeps what a host logs.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    /// <summary>Those of the library about an object.</summary>
    internal LogLine[] Of(string name) => [.. _lines.Where(line =>
        line.Category.StartsWith("SharedObjects.", StringComparison.Ordinal) && line.Text.Contains($"'{name}'", StringComparison.Ordinal))];

    /// <summary>How many lines of an id there are about an object.</summary>
    internal int Count(string name, int eventId) => Of(name).Count(line => line.EventId == eventId);

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _lines);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(new LogLine(category, logLevel, eventId.Id, formatter(state, exception), exception));
    }
}
