using System;
using System.Collections.Generic;
using System.Diagnostics;
using SharedObjects.Cli.Following;
using SharedObjects.Interop;

namespace SharedObjects.Cli.Top;

/// <summary>One object of <c>top</c>: how often it changed lately.</summary>
internal sealed class ObjectActivity(string name) : IDisposable
{
    private const int HistoryLength = 60;
    private const double RateWindow = 2; // seconds: short enough to follow, long enough for an object of 1 Hz
    private const double LeastWindow = 0.1; // seconds: a single change right at the beginning is no rate

    private readonly Queue<double> _history = new();
    private readonly Queue<ulong> _stamps = new();
    private readonly long _began = Stopwatch.GetTimestamp();
    private int _changes;

    internal StampWatch Watch { get; } = new(name);

    internal string Name => Watch.Name;

    internal int Size => Watch.Size;

    /// <summary>Changes a second of each past second.</summary>
    internal IEnumerable<double> History => _history;

    /// <summary>Changes a second that were seen lately: a lower bound.</summary>
    internal double Rate
    {
        get
        {
            ulong now = Posix.Now();
            while (_stamps.Count > 0 && now - Math.Min(_stamps.Peek(), now) > RateWindow * 1e9)
            {
                _stamps.Dequeue();
            }

            return _stamps.Count / Math.Clamp(Stopwatch.GetElapsedTime(_began).TotalSeconds, LeastWindow, RateWindow);
        }
    }

    internal double BytesPerSecond => Rate * Size;

    internal void Poll()
    {
        if (Watch.Poll())
        {
            _changes++;
            _stamps.Enqueue(Posix.Now());
        }
    }

    /// <summary>Closes a stretch of the history.</summary>
    internal void Tick(double seconds)
    {
        _history.Enqueue(_changes / seconds);
        _changes = 0;
        if (_history.Count > HistoryLength)
        {
            _history.Dequeue();
        }
    }

    public void Dispose() => Watch.Dispose();
}
