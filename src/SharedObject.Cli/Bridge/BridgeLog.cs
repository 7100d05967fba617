using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.Extensions.Logging;

namespace SharedObjects.Cli.Bridge;

/// <summary>What a bridge logs: its last lines under the table, or all of them on standard error.</summary>
internal sealed class BridgeLog : ILoggerFactory, ILogger
{
    private const int MaxLines = 100;

    private readonly Lock _gate = new();
    private readonly Queue<(LogLevel Level, string Text)> _lines = new();
    private bool _onStandardError;

    /// <summary>Writes lines to standard error as they come.</summary>
    internal void ShowOnStandardError() => _onStandardError = true;

    /// <summary>The last lines, the newest at the end.</summary>
    internal (LogLevel Level, string Text)[] Last(int count)
    {
        lock (_gate)
        {
            (LogLevel Level, string Text)[] lines = [.. _lines];
            return lines[Math.Max(lines.Length - count, 0)..];
        }
    }

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The lines go to the screen, and nowhere else.");

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        string text = formatter(state, exception);
        lock (_gate)
        {
            if (_onStandardError)
            {
                Console.Error.WriteLine($"sharedobj: {text}");
                return;
            }

            if (_lines.Count == MaxLines)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue((logLevel, text));
        }
    }

    public void Dispose()
    {
    }
}
