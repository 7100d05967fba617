using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Sync;
using SharedObjects.Waiting;

namespace SharedObjects;

/// <summary>Waits for any or all of several objects to be <see cref="SharedHandle.Modified"/>.</summary>
/// <remarks>
/// Nothing counts as seen by it, triggers included: fetch, or ask <see cref="SharedHandle.Triggered"/>, what has come. One thread of the
/// library waits for up to 127 objects. Those that block the caller's thread need none of the thread pool; that for all objects waits for one
/// after the other, as <see cref="SharedObjectOptions.WaitStrategy"/> says.
/// </remarks>
public static class SharedWait
{
    /// <summary>Waits until one of the objects is modified.</summary>
    /// <param name="handles">The objects; at least one.</param>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The first in the list that is modified, or null if none was in time.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">One of the handles was disposed, also while it waited.</exception>
    /// <exception cref="SharedSchemaException">One of the objects was made anew as one of another type.</exception>
    /// <exception cref="SharedFormatException">What has the name of one of the objects now is not a shared object.</exception>
    public static async ValueTask<SharedHandle?> AnyAsync(
        IReadOnlyCollection<SharedHandle> handles, TimeSpan timeout, CancellationToken cancellation = default)
    {
        CheckNotEmpty(handles);
        Deadline deadline = Deadline.After(timeout, cancellation).Started();
        while (true)
        {
            if (FirstModified(handles) is { } modified)
            {
                return modified;
            }

            if (!await WaitForChangeAsync(handles, deadline).ConfigureAwait(false))
            {
                return FirstModified(handles);
            }

            LookAfter(handles);
        }
    }

    /// <inheritdoc cref="AnyAsync(IReadOnlyCollection{SharedHandle}, TimeSpan, CancellationToken)"/>
    /// <returns>The first in the list that is modified.</returns>
    public static async ValueTask<SharedHandle> AnyAsync(
        IReadOnlyCollection<SharedHandle> handles, CancellationToken cancellation = default) =>
        (await AnyAsync(handles, Timeout.InfiniteTimeSpan, cancellation).ConfigureAwait(false))!;

    /// <inheritdoc cref="AnyAsync(IReadOnlyCollection{SharedHandle}, TimeSpan, CancellationToken)"/>
    public static SharedHandle? Any(
        IReadOnlyCollection<SharedHandle> handles, TimeSpan timeout, CancellationToken cancellation = default)
    {
        // Not by way of AnyAsync: whoever blocks a thread of its own must not depend on there being a free one in the pool.
        CheckNotEmpty(handles);
        Deadline deadline = Deadline.After(timeout, cancellation).Started();
        while (true)
        {
            if (FirstModified(handles) is { } modified)
            {
                return modified;
            }

            if (!WaitForChange(handles, deadline))
            {
                return FirstModified(handles);
            }

            LookAfter(handles);
        }
    }

    /// <summary>Waits until all of the objects are modified at the same time: each has a value that its handle has not seen.</summary>
    /// <param name="handles">The objects.</param>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False if they were not in time.</returns>
    /// <inheritdoc cref="AnyAsync(IReadOnlyCollection{SharedHandle}, TimeSpan, CancellationToken)" path="/exception"/>
    public static async ValueTask<bool> AllAsync(
        IReadOnlyCollection<SharedHandle> handles, TimeSpan timeout, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(handles);
        Deadline deadline = Deadline.After(timeout, cancellation).Started();
        while (FirstUnmodified(handles) is { } missing)
        {
            if (!await missing.Mount.WaitAsync(missing.Mount.Seen, deadline).ConfigureAwait(false))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc cref="AllAsync(IReadOnlyCollection{SharedHandle}, TimeSpan, CancellationToken)"/>
    public static async ValueTask AllAsync(IReadOnlyCollection<SharedHandle> handles, CancellationToken cancellation = default) =>
        await AllAsync(handles, Timeout.InfiniteTimeSpan, cancellation).ConfigureAwait(false);

    /// <inheritdoc cref="AllAsync(IReadOnlyCollection{SharedHandle}, TimeSpan, CancellationToken)"/>
    public static bool All(IReadOnlyCollection<SharedHandle> handles, TimeSpan timeout, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(handles);
        Deadline deadline = Deadline.After(timeout, cancellation).Started();
        while (FirstUnmodified(handles) is { } missing)
        {
            if (!missing.Mount.Wait(missing.Mount.Seen, deadline))
            {
                return false;
            }
        }

        return true;
    }

    private static void CheckNotEmpty(IReadOnlyCollection<SharedHandle> handles)
    {
        ArgumentNullException.ThrowIfNull(handles);
        ArgumentOutOfRangeException.ThrowIfZero(handles.Count, nameof(handles));
    }

    private static SharedHandle? FirstModified(IReadOnlyCollection<SharedHandle> handles)
    {
        foreach (SharedHandle handle in handles)
        {
            if (handle.Modified)
            {
                return handle;
            }
        }

        return null;
    }

    private static SharedHandle? FirstUnmodified(IReadOnlyCollection<SharedHandle> handles)
    {
        foreach (SharedHandle handle in handles)
        {
            if (!handle.Modified)
            {
                return handle;
            }
        }

        return null;
    }

    private static void LookAfter(IReadOnlyCollection<SharedHandle> handles)
    {
        foreach (SharedHandle handle in handles)
        {
            handle.Mount.LookAfter();
        }
    }

    private static async ValueTask<bool> WaitForChangeAsync(IReadOnlyCollection<SharedHandle> handles, Deadline deadline)
    {
        var wait = new AsyncWait();
        try
        {
            Add(handles, wait);
            return await wait.WithinAsync(deadline).ConfigureAwait(false);
        }
        finally
        {
            wait.End();
        }
    }

    private static bool WaitForChange(IReadOnlyCollection<SharedHandle> handles, in Deadline deadline)
    {
        var wait = new AsyncWait();
        try
        {
            Add(handles, wait);
            return wait.Within(deadline);
        }
        finally
        {
            wait.End();
        }
    }

    private static void Add(IReadOnlyCollection<SharedHandle> handles, AsyncWait wait)
    {
        foreach (SharedHandle handle in handles)
        {
            wait.Add(handle.Mount, handle.Mount.Seen);
        }
    }
}
