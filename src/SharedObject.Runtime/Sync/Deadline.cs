using System;
using System.Diagnostics;
using System.Threading;

namespace SharedObjects.Sync;

/// <summary>How long a call may still wait, counted on the monotonic clock from when it began.</summary>
internal readonly struct Deadline
{
    private readonly TimeSpan _timeout;
    private readonly long _start;

    private Deadline(TimeSpan timeout, CancellationToken cancellation)
    {
        _timeout = timeout;
        _start = timeout > TimeSpan.Zero ? Stopwatch.GetTimestamp() : 0;
        Cancellation = cancellation;
    }

    internal CancellationToken Cancellation { get; }

    internal TimeSpan Timeout => _timeout;

    internal bool IsInfinite => _timeout == System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>What is left; never negative, and <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> where there is no end.</summary>
    internal TimeSpan Remaining
    {
        get
        {
            if (_timeout <= TimeSpan.Zero)
            {
                return _timeout; // nothing to wait for, or no end
            }

            TimeSpan left = _timeout - Stopwatch.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    internal bool HasPassed => Remaining == TimeSpan.Zero;

    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative (and not infinite), or beyond what a wait can take.</exception>
    internal static Deadline After(TimeSpan timeout, CancellationToken cancellation)
    {
        if (timeout != System.Threading.Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(timeout.TotalMilliseconds, int.MaxValue, nameof(timeout));
        }

        return new Deadline(timeout, cancellation);
    }
}
