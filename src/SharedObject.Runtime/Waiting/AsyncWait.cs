using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using SharedObjects.Objects;
using SharedObjects.Sync;

namespace SharedObjects.Waiting;

/// <summary>One asynchronous wait, for one object or several; ended by the first that has news or must be looked after.</summary>
internal sealed class AsyncWait
{
    private readonly TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<ObjectMount> _mounts = new(1);

    internal void Add(ObjectMount mount, ulong after)
    {
        _mounts.Add(mount);
        WaitHub.Add(mount, _source, after);
    }

    /// <returns>False if nothing came in time.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    internal async ValueTask<bool> WithinAsync(Deadline deadline)
    {
        try
        {
            await _source.Task.WaitAsync(deadline.Remaining, deadline.Cancellation).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>The same on the caller's thread, which the one that answers the wait wakes itself.</summary>
    /// <inheritdoc cref="WithinAsync"/>
    internal bool Within(in Deadline deadline) => _source.Task.Wait(deadline.Remaining, deadline.Cancellation);

    /// <summary>Nobody waits any more.</summary>
    internal void End()
    {
        foreach (ObjectMount mount in _mounts)
        {
            WaitHub.Remove(mount, _source);
        }
    }
}
