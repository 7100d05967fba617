using System;
using System.Collections.Concurrent;
using System.Linq;
using Microsoft.Extensions.Logging;

namespace SharedObjects.Bridging.Tests.Support;

/// <summary>Keeps what bridges log.</summary>
internal sealed class LogLines : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(int Id, LogLevel Level, string Text)> _lines = new();

    /// <summary>The lines of an event that have all these words.</summary>
    internal string[] Of(int eventId, params string[] words) =>
        [.. _lines.Where(line => line.Id == eventId && words.All(word => line.Text.Contains(word, StringComparison.Ordinal))).Select(line => line.Text)];

    internal string All => string.Join('\n', _lines.Select(line => $"{line.Level} {line.Id}: {line.Text}"));

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((eventId.Id, logLevel, formatter(state, exception)));

    public void Dispose()
    {
    }
}
