using System;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Objects;
using SharedObjects.Sync;
using SharedObjects.Wire;
using SharedObjects.Wire.Codecs;

namespace SharedObjects;

/// <summary>
/// An object without a value, to signal other processes with: Python's <c>SharedObject("join_arm")</c>. Any object can be
/// mounted as a trigger; its value is left alone.
/// </summary>
public sealed class SharedTrigger : SharedHandle
{
    private SharedTrigger(ObjectMount mount)
        : base(mount)
    {
    }

    /// <summary>Mounts the trigger, or makes it if there is none.</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="options">How to open it; <see cref="SharedObjectOptions.Default"/> if null.</param>
    /// <param name="cancellation">Ends waits.</param>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    /// <exception cref="SharedFormatException">What is there is not a shared object.</exception>
    public static SharedTrigger OpenOrCreate(string name, SharedObjectOptions? options = null, CancellationToken cancellation = default) =>
        new(ObjectMounts.OpenOrMakeUnassigned(
            name, new ObjectLayout(ValueLayout.None), TriggerCodec.Instance, options ?? SharedObjectOptions.Default, cancellation));

    /// <summary>Mounts a trigger that exists.</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="options">How to open it; <see cref="SharedObjectOptions.Default"/> if null.</param>
    /// <param name="cancellation">Ends waits.</param>
    /// <exception cref="SharedNotFoundException">There is no object of this name.</exception>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    /// <exception cref="SharedFormatException">What is there is not a shared object.</exception>
    public static SharedTrigger Open(string name, SharedObjectOptions? options = null, CancellationToken cancellation = default) =>
        new(ObjectMounts.Open(name, TriggerCodec.Instance, options ?? SharedObjectOptions.Default, cancellation));

    /// <inheritdoc cref="SharedObject.OpenAsync{T}(string, SharedObjectOptions?, CancellationToken)"/>
    /// <summary>Waits until there is an object of this name, and mounts it.</summary>
    public static async Task<SharedTrigger> OpenAsync(
        string name, SharedObjectOptions? options = null, CancellationToken cancellation = default) =>
        new(await ObjectMounts.OpenAsync(
            name, TriggerCodec.Instance, options ?? SharedObjectOptions.Default, cancellation).ConfigureAwait(false));

    /// <summary>Triggers: every handle of the object, this one included, reports it once.</summary>
    /// <returns>This handle.</returns>
    /// <exception cref="SharedLockTimeoutException">The lock was not to be had within <see cref="SharedObjectOptions.LockTimeout"/>.</exception>
    public SharedTrigger Trigger()
    {
        TriggerWithin(DefaultDeadline());
        return this;
    }

    /// <inheritdoc cref="Trigger()"/>
    /// <param name="timeout">How long to wait for the lock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public SharedTrigger Trigger(TimeSpan timeout, CancellationToken cancellation = default)
    {
        TriggerWithin(Deadline.After(timeout, cancellation));
        return this;
    }

    /// <summary>Triggers, if the lock is to be had in time.</summary>
    /// <param name="timeout">How long to wait for the lock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False if the lock was not to be had in time; nothing was done.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public bool TryTrigger(TimeSpan timeout, CancellationToken cancellation = default) =>
        TryTriggerWithin(Deadline.After(timeout, cancellation));

    // A trigger has no value to fetch, so that waiting for it is all that seeing it can be: each is reported once.
    private protected override bool AcceptNews()
    {
        _ = Triggered;
        return true;
    }
}
