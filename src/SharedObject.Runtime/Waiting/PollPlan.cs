using System;

namespace SharedObjects.Waiting;

/// <summary>
/// When to look again for the values of a writer that wakes nobody: plain Python's. It sleeps through most of the time that the writer
/// has let pass between its last values, then looks more often, and less and less where nothing comes.
/// </summary>
/// <remarks>
/// Python's writers are loops with a rate (cameras, controllers), so the time of the next value is known well: a few looks a value
/// find it with a delay of a sixteenth of its period. The longest step bounds the delay of everything else. Times in nanoseconds.
/// </remarks>
internal struct PollPlan
{
    /// <summary>No step is shorter: a sleep and its end cost some 10 microseconds of processor time.</summary>
    internal const long ShortestStep = 100_000;

    private const int LooksPerPeriod = 16; // as often as that where a value is due
    private const long LongestPeriod = 10_000_000_000; // what comes less often has no period
    private static readonly TimeSpan LongestStep = TimeSpan.FromHours(1); // there are time spans of more nanoseconds than a long can have

    private readonly long _longestStep;
    private long _since; // of the last news, or of the beginning
    private long _period; // 0 as long as it is not known
    private ulong _stamp;
    private bool _isWoken;

    internal PollPlan(TimeSpan longestStep) => _longestStep = Within(longestStep);

    /// <summary>The longest step, of those that are possible, for the one that an option asks for.</summary>
    internal static long Within(TimeSpan step) => Math.Max(MonotonicClock.Nanoseconds(step < LongestStep ? step : LongestStep), ShortestStep);

    /// <summary>A wait begins, of one who may not have looked for long.</summary>
    internal void Begin(long now)
    {
        if (_since == 0 || now - _since > LongestPeriod)
        {
            _since = now;
        }
    }

    /// <summary>A new stamp was found.</summary>
    /// <param name="now">When.</param>
    /// <param name="stamp">The stamp.</param>
    /// <param name="woken">Whether its writer wakes who waits; then nothing needs to be polled for.</param>
    internal void Found(long now, ulong stamp, bool woken)
    {
        _isWoken = woken;
        _since = now;
        ulong passed = stamp - _stamp;
        if (_stamp != 0 && passed < LongestPeriod)
        {
            // The shorter ones count for more: values that were missed make a period look longer than it is.
            _period = _period == 0 || (long)passed < _period ? (long)passed : _period + (((long)passed - _period) / 8);
        }

        _stamp = stamp;
    }

    /// <summary>How long to sleep, at most, before looking again.</summary>
    internal readonly long Step(long now)
    {
        if (_isWoken)
        {
            return _longestStep; // a writer may die between its stamp and its wake call
        }

        long passed = now - _since;
        long step = _period == 0 || passed > 2 * _period ? passed / 8
            : passed < _period * 3 / 4 ? (_period * 3 / 4) - passed
            : _period / LooksPerPeriod;
        return Math.Clamp(step, ShortestStep, _longestStep);
    }

    /// <summary>Whether one who looks once in each step, at any time of it, finds the next value as soon as the plan does.</summary>
    internal readonly bool IsMetBy(long step, long now) =>
        Step(now) >= step && (_isWoken || _period / LooksPerPeriod >= step || now - _since > 2 * _period);
}
