using System;
using System.Threading;

namespace SharedObjects.Sync;

/// <summary>
/// Lets one thread at a time through a handle to its file lock: <c>flock</c> belongs to the open file description, so that to
/// the kernel all threads of a handle are one.
/// </summary>
/// <remarks>Not re-entrant; who is in it can ask <see cref="IsMine"/> first.</remarks>
internal sealed class HandleGate
{
    private readonly object _queue = new();
    private int _owner; // managed thread id, 0 for none
    private int _waiters;

    internal bool IsMine => Volatile.Read(ref _owner) == Environment.CurrentManagedThreadId;

    /// <summary>Enters; false if that was not possible in time.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    internal bool TryEnter(in Deadline deadline) => TryEnterAtOnce() || (!deadline.HasPassed && TryWait(deadline));

    internal void Exit()
    {
        Interlocked.Exchange(ref _owner, 0); // a full fence: the count must not be read before the owner is gone
        if (Volatile.Read(ref _waiters) != 0)
        {
            lock (_queue)
            {
                Monitor.Pulse(_queue);
            }
        }
    }

    /// <summary>Enters, if nobody is in.</summary>
    internal bool TryEnterAtOnce() => Interlocked.CompareExchange(ref _owner, Environment.CurrentManagedThreadId, 0) == 0;

    private bool TryWait(in Deadline deadline)
    {
        CancellationToken cancellation = deadline.Cancellation;
        using CancellationTokenRegistration registration = cancellation.UnsafeRegister(
            static queue =>
            {
                lock (queue!)
                {
                    Monitor.PulseAll(queue);
                }
            },
            _queue);
        lock (_queue)
        {
            bool entered = false;
            Interlocked.Increment(ref _waiters);
            try
            {
                while (!(entered = TryEnterAtOnce()))
                {
                    TimeSpan left = deadline.Remaining;
                    if (left == TimeSpan.Zero || cancellation.IsCancellationRequested)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        return false;
                    }

                    Monitor.Wait(_queue, left);
                }

                return true;
            }
            finally
            {
                Interlocked.Decrement(ref _waiters);
                if (!entered)
                {
                    // It is late, was cancelled or interrupted: the pulse that woke it may have been meant for a thread that can still use it.
                    Monitor.Pulse(_queue);
                }
            }
        }
    }
}
