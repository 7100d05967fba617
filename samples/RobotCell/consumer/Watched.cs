using System;
using System.Threading;

namespace SharedObjects.Samples.RobotCell;

/// <summary>An object that the poller looks at: its handle, its newest value, its meter.</summary>
internal sealed class Watched<T> : IWatched
{
    private readonly SharedObject<T> _handle;
    private readonly StepClock _clock;
    private readonly Func<T, long>? _step;
    private readonly RateMeter _meter = new();
    private readonly Lock _gate = new();
    private T _value;

    /// <param name="label">What people call it.</param>
    /// <param name="handle">Its handle, which becomes this object's.</param>
    /// <param name="clock">The clock of its writer.</param>
    /// <param name="step">For the status object that drives the clock: where its number is.</param>
    public Watched(string label, SharedObject<T> handle, StepClock clock, Func<T, long>? step = null)
    {
        Label = label;
        _handle = handle;
        _clock = clock;
        _step = step;
        _value = handle.Fetch();
    }

    public string Label { get; }

    public RateMeter.Reading Reading => _meter.Read();

    /// <summary>The stamp of the newest value. For the polling thread.</summary>
    public long Stamp => _handle.LastSeen;

    /// <summary>Fetches the value if there is a new one.</summary>
    public bool Poll()
    {
        // One load from shared memory. Locks are taken only where there is something to fetch, so that nobody who writes is
        // held up by a reader that merely looks.
        if (!_handle.Modified)
        {
            return false;
        }

        lock (_gate)
        {
            // Into the value that is there: its arrays are filled again, and nothing is allocated a thousand times a second.
            // Without waiting: the stamp changes before the bytes do, and while an image is being written the arm goes on. What
            // is locked now is fetched on the next round.
            if (!_handle.TryFetchInto(ref _value))
            {
                return false;
            }
        }

        long stamp = _handle.LastSeen;
        if (_step is not null)
        {
            _clock.Set(_step(_value), stamp);
        }

        _meter.Saw(stamp, _clock.StepOf(stamp));
        return true;
    }

    /// <summary>Looks at the newest value, whose arrays are filled again afterwards: copy what is to stay.</summary>
    public TResult Read<TResult>(Func<T, TResult> read)
    {
        lock (_gate)
        {
            return read(_value);
        }
    }

    public void Dispose() => _handle.Dispose();
}
