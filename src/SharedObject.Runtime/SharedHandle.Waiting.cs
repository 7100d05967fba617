using System;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Objects;
using SharedObjects.Sync;

namespace SharedObjects;

/// <content>Waiting for something new, and what becomes of a handle whose object is made anew.</content>
public abstract partial class SharedHandle
{
    /// <summary>
    /// The object's name is gone or leads to another segment, or the handle has moved there. Raised on the thread that has noticed.
    /// </summary>
    public event EventHandler<SharedObjectEventArgs>? LinkChanged;

    /// <summary>
    /// Whether the object's name leads to what this handle has open. If not, who opens the name finds another object, or none:
    /// <see cref="IsStale"/> tells which. One system call.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    public bool IsLinked => Mount.Link == SegmentLink.Linked;

    /// <summary>
    /// Whether a producer has made the object anew, so that this handle is left with the old one. Waits and streams move to the new one
    /// by themselves (<see cref="SharedObjectOptions.Remount"/>); others call <see cref="TryRemount"/>. One system call.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    public bool IsStale => Mount.Link == SegmentLink.Replaced;

    /// <summary>Waits until the object is <see cref="Modified"/>; a trigger's handle then counts as having seen it.</summary>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False if it was not in time.</returns>
    /// <remarks>
    /// How the thread waits is set by <see cref="SharedObjectOptions.WaitStrategy"/>. C# writers and those of our Python package wake it;
    /// for plain Python ones it looks at times that it learns, at least every <see cref="SharedObjectOptions.LongestPollStep"/>.
    /// </remarks>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The handle was disposed, also while it waited.</exception>
    /// <exception cref="SharedSchemaException">The object was made anew as one of another type.</exception>
    /// <exception cref="SharedFormatException">What has the object's name now is not a shared object.</exception>
    public bool Wait(TimeSpan timeout, CancellationToken cancellation = default) =>
        Mount.Wait(Mount.Seen, Deadline.After(timeout, cancellation).Started()) && AcceptNews();

    /// <inheritdoc cref="Wait(TimeSpan, CancellationToken)"/>
    public void Wait(CancellationToken cancellation = default) => Wait(Timeout.InfiniteTimeSpan, cancellation);

    /// <inheritdoc cref="Wait(TimeSpan, CancellationToken)"/>
    /// <summary>Waits until the object is <see cref="Modified"/>, without a thread; a trigger's handle then counts as having seen it.</summary>
    public async ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellation = default) =>
        await Mount.WaitAsync(Mount.Seen, Deadline.After(timeout, cancellation).Started()).ConfigureAwait(false) && AcceptNews();

    /// <inheritdoc cref="WaitAsync(TimeSpan, CancellationToken)"/>
    public async ValueTask WaitAsync(CancellationToken cancellation = default) =>
        await WaitAsync(Timeout.InfiniteTimeSpan, cancellation).ConfigureAwait(false);

    /// <summary>
    /// Moves the handle to the segment that the object's name leads to now, if a producer has made it anew and it can be mounted at once.
    /// What is in it counts as not seen. For those who neither wait nor watch.
    /// </summary>
    /// <returns>False if there is nothing to move to, or a thread is inside a lock scope of the handle.</returns>
    /// <exception cref="SharedSchemaException">The new object is of another type. The handle stays where it is.</exception>
    /// <exception cref="SharedFormatException">What has the name now is not a shared object. The handle stays where it is.</exception>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    public bool TryRemount() => Mount.TryMove();

    /// <summary>
    /// For the owner of an object whose name is gone, say by Python's resource tracker: makes a new segment of the name with the value that
    /// this handle has, and moves there. If somebody else has made the object anew, moves there and assigns it the value. Others find
    /// the new segment as they find that of a restarted producer.
    /// </summary>
    /// <returns>False if the name leads to this handle's object: nothing was done.</returns>
    /// <exception cref="SharedTornException">The value is torn.</exception>
    /// <exception cref="SharedLockTimeoutException">A lock was not to be had within <see cref="SharedObjectOptions.LockTimeout"/>.</exception>
    /// <exception cref="SharedSchemaException">Somebody has made an object of another type.</exception>
    /// <exception cref="SharedValueException">Somebody has made an object of another layout.</exception>
    /// <exception cref="SharedNotReadyException">Others were making and unlinking the object at the same time.</exception>
    /// <exception cref="SharedSystemException">The handle is read-only, or the system refused.</exception>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    public bool Republish() => Mount.Republish(DefaultDeadline());

    internal void OnRaised(SharedObjectEventArgs args) => LinkChanged?.Invoke(this, args);

    /// <summary>The wait has ended: whether that alone counts as seeing what is new.</summary>
    private protected virtual bool AcceptNews() => true;
}
