using System;
using System.Threading;
using SharedObjects.Interop;
using SharedObjects.Internals;
using SharedObjects.Memory;

namespace SharedObjects.Sync;

/// <summary>
/// The readers/writer lock of a segment: <c>flock</c> on the segment's own file, as every Python peer takes it. One per handle,
/// used by the thread that is in the handle's gate, which keeps the descriptor open for as long as it is there: nothing is counted.
/// </summary>
internal sealed class FileLock(SegmentDescriptor descriptor, string objectName)
{
    // A writer of a small value holds the lock for a microsecond or two: worth a few tries before another thread is woken.
    private const int Tries = 16;
    private const int SpinsBetweenTries = 30;
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(1);

    private LockWaiter? _holder;
    private LockWaiter? _givenUpShared;
    private LockWaiter? _givenUpExclusive;

    internal static Posix.LockOperation Operation(LockMode mode) =>
        mode == LockMode.Shared ? Posix.LockOperation.Shared : Posix.LockOperation.Exclusive;

    /// <summary>Takes the lock, if it is to be had without waiting.</summary>
    /// <exception cref="SharedSystemException">The system refused.</exception>
    internal bool TryAcquireAtOnce(LockMode mode)
    {
        int result = Posix.TryLock(descriptor.Number, Operation(mode));
        if (result is -Errno.EAGAIN or -Errno.EINTR)
        {
            return false;
        }

        Check(result);
        return true;
    }

    /// <summary>Takes the lock; false if it was not to be had in time.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="SharedSystemException">The system refused.</exception>
    internal bool TryAcquire(LockMode mode, in Deadline deadline) =>
        TryAcquireAtOnce(mode) || (!deadline.HasPassed && TryWait(mode, deadline.Started()));

    internal void Release()
    {
        if (_holder is { } holder)
        {
            _holder = null;
            holder.Release();
        }
        else
        {
            Check(Posix.Unlock(descriptor.Number));
        }
    }

    private bool TryWait(LockMode mode, in Deadline deadline)
    {
        for (int i = 0; i < Tries; i++)
        {
            deadline.Cancellation.ThrowIfCancellationRequested();
            Thread.SpinWait(SpinsBetweenTries);
            if (TryAcquireAtOnce(mode))
            {
                return true;
            }
        }

        if (deadline.IsInfinite && !deadline.Cancellation.CanBeCanceled)
        {
            Check(Posix.Lock(descriptor.Number, Operation(mode)));
            return true;
        }

        // A wait that an earlier call gave up still blocks in the kernel while the lock is held: go on with it, so that
        // calls that time out over and over do not leave a thread each.
        ref LockWaiter? givenUp = ref mode == LockMode.Shared ? ref _givenUpShared : ref _givenUpExclusive;
        LockWaiter? waiter = givenUp?.TryResume() == true ? givenUp : LockWaiter.TryStart(descriptor.Number, mode);
        if (waiter is null)
        {
            return TryPoll(mode, deadline); // no /proc, no more threads, or the file may only be opened by its owner
        }

        int result = waiter.Wait(deadline);
        givenUp = result == 0 ? waiter : null;
        Check(result);
        if (result == 0)
        {
            deadline.Cancellation.ThrowIfCancellationRequested();
            return false;
        }

        _holder = waiter;
        return true;
    }

    private bool TryPoll(LockMode mode, in Deadline deadline)
    {
        TimeSpan step = TimeSpan.FromMicroseconds(50);
        while (!deadline.HasPassed)
        {
            deadline.Cancellation.ThrowIfCancellationRequested();
            Thread.Sleep(step);
            if (TryAcquireAtOnce(mode))
            {
                return true;
            }

            step = step + step < LongestPoll ? step + step : LongestPoll;
        }

        return false;
    }

    private void Check(int result)
    {
        if (result < 0)
        {
            throw Error.System(objectName, "lock", -result);
        }
    }
}
