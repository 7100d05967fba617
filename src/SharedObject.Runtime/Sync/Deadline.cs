using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;

namespace SharedObjects.Sync;

/// <summary>
/// How long a call may wait. The clock is read when the first wait begins, not before: most calls never wait, and reading it would cost
/// them more than all else that they do.
/// </summary>
internal readonly struct Deadline
{
    private readonly TimeSpan _timeout;
    private readonly long _start; // on the monotonic clock; 0 until a wait has begun

    private Deadline(TimeSpan timeout, long start, CancellationToken cancellation)
    {
        _timeout = timeout;
        _start = start;
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
            if (_timeout <= TimeSpan.Zero || _start == 0)
            {
                return _timeout; // nothing to wait for, no end, or not begun
            }

            TimeSpan left = _timeout - Stopwatch.GetElapsedTime(_start);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    internal bool HasPassed => Remaining == TimeSpan.Zero;

    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative (and not infinite), or beyond what a wait can take.</exception>
    internal static Deadline After(TimeSpan timeout, CancellationToken cancellation)
    {
        Check(timeout);
        return new Deadline(timeout, 0, cancellation);
    }

    /// <exception cref="ArgumentOutOfRangeException">The timeout is none.</exception>
    internal static void Check(TimeSpan timeout, [CallerArgumentExpression(nameof(timeout))] string? name = null)
    {
        if (timeout != System.Threading.Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero, name);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(timeout.TotalMilliseconds, int.MaxValue, name);
        }
    }

    /// <summary>The same deadline, counted from now unless it is counted already.</summary>
    internal Deadline Started() => _start != 0 ? this : new Deadline(_timeout, Stopwatch.GetTimestamp(), Cancellation);
}
