using System;
using System.Threading;

namespace SharedObjects.Samples.RobotCell;

/// <summary>Counts the values of one object that this process has seen: how many, how fast, how old.</summary>
internal sealed class RateMeter
{
    private const long Second = 1_000_000_000;
    private const long Window = Second / 2;

    private readonly Lock _gate = new();
    private long _values;
    private long _firstStep;
    private long _lastStep;
    private long _firstStamp;
    private long _lastStamp;
    private long _sumOfAges;
    private long _maxAge;
    private long _windowStart;
    private long _windowValues;
    private double _windowRate;

    /// <summary>Notes a value just fetched.</summary>
    /// <param name="stamp">When it was assigned.</param>
    /// <param name="step">Which of its writer's steps it is of.</param>
    public void Saw(long stamp, long step)
    {
        long now = WallClock.Now;
        lock (_gate)
        {
            if (_values == 0)
            {
                _firstStep = step;
                _firstStamp = _windowStart = stamp;
            }

            _values++;
            _windowValues++;
            _lastStep = step;
            _lastStamp = stamp;
            _sumOfAges += now - stamp;
            _maxAge = Math.Max(_maxAge, now - stamp);
            if (stamp - _windowStart >= Window)
            {
                _windowRate = _windowValues * (double)Second / (stamp - _windowStart);
                _windowStart = stamp;
                _windowValues = 0;
            }
        }
    }

    public Reading Read()
    {
        lock (_gate)
        {
            if (_values == 0)
            {
                return default;
            }

            long now = WallClock.Now;
            return new Reading(
                Values: _values,
                NeverSeen: Math.Max(0, _lastStep - _firstStep + 1 - _values),
                Rate: _values == 1 ? 0 : (_values - 1) * (double)Second / (_lastStamp - _firstStamp),
                // A window that goes on for long is that of an object which nobody assigns any more.
                RateNow: now - _windowStart > 2 * Window ? _windowValues * (double)Second / (now - _windowStart) : _windowRate,
                Age: Span(now - _lastStamp),
                MeanAge: Span(_sumOfAges / _values),
                MaxAge: Span(_maxAge));
        }
    }

    private static TimeSpan Span(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);

    /// <summary>What the meter shows.</summary>
    /// <param name="Values">How many different values were fetched.</param>
    /// <param name="NeverSeen">How many more were written in the meantime.</param>
    /// <param name="Rate">Values a second, from the first to the last.</param>
    /// <param name="RateNow">Values a second, over the last half second.</param>
    /// <param name="Age">How long ago the last value was assigned.</param>
    /// <param name="MeanAge">How old the values were when they had been fetched, on average.</param>
    /// <param name="MaxAge">How old the oldest of them was.</param>
    internal readonly record struct Reading(
        long Values, long NeverSeen, double Rate, double RateNow, TimeSpan Age, TimeSpan MeanAge, TimeSpan MaxAge);
}
