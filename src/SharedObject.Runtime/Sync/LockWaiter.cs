using System;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Interop;

namespace SharedObjects.Sync;

/// <summary>
/// One wait for a lock that can be given up. <c>flock</c> itself has no timeout, and asking again and again is slow where the
/// lock is busy (up to milliseconds, where a blocked call wakes in microseconds): so another thread blocks in it.
/// </summary>
/// <remarks>
/// The waiter has an open file description of its own. Did it block on the caller's, a wait that was given up could be granted
/// later and then change or drop a lock that the caller has taken meanwhile, as a description has only one.
/// </remarks>
internal sealed class LockWaiter
{
    private readonly Lock _guard = new();
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _descriptor;
    private State _state;
    private int _error;
    private bool _wanted = true;

    private LockWaiter(int descriptor) => _descriptor = descriptor;

    private enum State
    {
        Waiting,
        Held,
        Failed,
        Closed,
    }

    /// <summary>Starts to wait for a lock on the file of <paramref name="descriptor"/>.</summary>
    /// <returns>Null if the file can't be opened once more, or no other thread is to be had.</returns>
    internal static LockWaiter? TryStart(int descriptor, LockMode mode)
    {
        int own = Posix.Reopen(descriptor);
        if (own < 0)
        {
            return null;
        }

        var waiter = new LockWaiter(own);
        if (!BlockingThreads.TryRun(() => waiter.Block(mode)))
        {
            _ = Posix.Close(own);
            return null;
        }

        return waiter;
    }

    /// <summary>Takes up a wait again that was given up; false if it has ended by now.</summary>
    internal bool TryResume()
    {
        lock (_guard)
        {
            _wanted = true;
            return _state == State.Waiting;
        }
    }

    /// <summary>Waits until the lock is held; false if it was not in time, or the wait was cancelled.</summary>
    /// <returns>1 if the lock is held, 0 if not, minus the error number if the call failed.</returns>
    /// <exception cref="ThreadInterruptedException">The thread was interrupted; the wait is given up.</exception>
    internal int Wait(in Deadline deadline)
    {
        bool answers = false;
        try
        {
            int answer = WaitForAnswer(deadline);
            answers = true;
            return answer;
        }
        finally
        {
            if (!answers)
            {
                GiveUp();
            }
        }
    }

    /// <summary>Lets the lock go.</summary>
    internal void Release()
    {
        lock (_guard)
        {
            Unlock();
        }
    }

    private int WaitForAnswer(in Deadline deadline)
    {
        try
        {
            _answered.Task.Wait(deadline.Remaining, deadline.Cancellation);
        }
        catch (OperationCanceledException)
        {
            // The caller asks the token; the answer may have come all the same, and is handled below.
        }

        lock (_guard)
        {
            if (_state == State.Waiting)
            {
                _wanted = false;
            }

            return _state switch
            {
                State.Held => 1,
                State.Failed => -_error,
                _ => 0,
            };
        }
    }

    /// <summary>Nobody is going to use the lock, or to let it go, whether it is held by now or not.</summary>
    private void GiveUp()
    {
        lock (_guard)
        {
            _wanted = false;
            if (_state == State.Held)
            {
                Unlock();
            }
        }
    }

    private void Block(LockMode mode)
    {
        int result = Posix.Lock(_descriptor, FileLock.Operation(mode));
        lock (_guard)
        {
            if (result < 0)
            {
                _error = -result;
                Close(State.Failed);
            }
            else if (_wanted)
            {
                _state = State.Held;
            }
            else
            {
                Unlock(); // nobody waits any more
            }

            _answered.SetResult();
        }
    }

    /// <summary>Not by closing alone: a child that was forked from this process meanwhile has the description as well, and its lock.</summary>
    private void Unlock()
    {
        _ = Posix.Unlock(_descriptor);
        Close(State.Closed);
    }

    private void Close(State state)
    {
        _state = state;
        _ = Posix.Close(_descriptor);
    }
}
