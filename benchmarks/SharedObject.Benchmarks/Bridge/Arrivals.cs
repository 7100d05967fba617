using System;
using System.Collections.Generic;
using System.Text;
using SharedObjects.Benchmarks.Baselines;

namespace SharedObjects.Benchmarks.Bridge;

/// <summary>What has come in a round: of each value how old it was, and when.</summary>
/// <param name="last">The number of the round's last value.</param>
internal sealed class Arrivals(long last)
{
    private readonly List<long> _ages = new((int)last);
    private long _first, _latest;

    internal bool IsComplete { get; private set; }

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        _latest = Native.Now();
        _first = _ages.Count == 0 ? _latest : _first;
        _ages.Add(_latest - Stamped.TimeOf(bytes));
        IsComplete = Stamped.NumberOf(bytes) == last;
    }

    /// <summary>Two lines: the ages, and how long it took from the first to the last.</summary>
    internal void Tell()
    {
        Console.Out.WriteLine(new StringBuilder().AppendJoin(' ', _ages));
        Console.Out.WriteLine(_latest - _first);
    }
}
