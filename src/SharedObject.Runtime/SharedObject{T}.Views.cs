using System;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Threading;
using SharedObjects.Internals;
using SharedObjects.Objects;
using SharedObjects.Sync;
using SharedObjects.Wire;

namespace SharedObjects;

/// <content>
/// What the generated <c>Fetch(view => …)</c> and <c>Update(writer => …)</c> are made of. They have names of their own: a
/// <c>Fetch</c> here that took a delegate would be preferred to the generated one.
/// </content>
public sealed partial class SharedObject<T>
{
    /// <summary>For generated code: looks at the object without making a value of it.</summary>
    /// <remarks>
    /// A small object is copied to the stack first, so that no lock is held while the function runs; a large one is looked at
    /// in place, under the readers' lock.
    /// </remarks>
    /// <typeparam name="TState">What the function needs.</typeparam>
    /// <typeparam name="TResult">What it finds out.</typeparam>
    /// <param name="state">What the function needs.</param>
    /// <param name="function">The function.</param>
    /// <param name="timeout">How long to wait for the lock; <see cref="SharedObjectOptions.LockTimeout"/> if null.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What the function returned.</returns>
    /// <inheritdoc cref="Fetch(TimeSpan, CancellationToken)" path="/exception"/>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    [SkipLocalsInit]
    public TResult FetchView<TState, TResult>(
        TState state, ViewFunction<TState, TResult> function, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        int size = Mount.Layout.BufferSize;
        CodecContext context = Mount.Context;
        Span<byte> stack = stackalloc byte[StackLimit];
        ulong stamp;
        TResult result;
        using (LockRegion region = Mount.Enter(LockMode.Shared, Deadline.After(timeout ?? Mount.Options.LockTimeout, cancellation)))
        {
            stamp = Mount.LoadStampLocked();
            if (size > StackLimit)
            {
                ThrowUnlessReadable(Mount.LockedBytes, stamp, context);
                result = function(Mount.LockedBytes, context, state);
                Mount.Seen = stamp;
                return result;
            }

            Mount.LockedBytes.CopyTo(stack);
        }

        ThrowUnlessReadable(stack[..size], stamp, context);
        result = function(stack[..size], context, state);
        Mount.Seen = stamp;
        return result;
    }

    /// <summary>For generated code: changes parts of the object, under the writer's lock.</summary>
    /// <remarks>
    /// A small object is changed on a copy, which is written back when the action has returned: an action that throws has then
    /// changed nothing. A large one is changed in place.
    /// </remarks>
    /// <typeparam name="TState">What the action needs.</typeparam>
    /// <param name="state">What the action needs.</param>
    /// <param name="action">The action; must not call this handle.</param>
    /// <param name="timeout">How long to wait for the lock; <see cref="SharedObjectOptions.LockTimeout"/> if null.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>This handle.</returns>
    /// <exception cref="SharedNeverAssignedException">There is no value yet to change.</exception>
    /// <exception cref="SharedSchemaException">A peer has put other dict keys in.</exception>
    /// <inheritdoc cref="Assign(in T, TimeSpan, CancellationToken)" path="/exception"/>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    [SkipLocalsInit]
    public SharedObject<T> UpdateInPlace<TState>(
        TState state, UpdateAction<TState> action, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        int size = Mount.Layout.BufferSize;
        CodecContext context = Mount.Context;
        Span<byte> stack = stackalloc byte[StackLimit];
        using LockRegion region = Mount.Enter(LockMode.Exclusive, Deadline.After(timeout ?? Mount.Options.LockTimeout, cancellation));
        Span<byte> bytes = Mount.LockedBytes;
        ThrowUnlessReadable(bytes, Mount.LoadStampLocked(), context);
        ulong stamp;
        if (size <= StackLimit)
        {
            Span<byte> copy = stack[..size];
            bytes.CopyTo(copy);
            action(copy, context, state);
            stamp = Mount.StampLocked();
            copy[ObjectHeader.TagOffset..].CopyTo(bytes[ObjectHeader.TagOffset..]);
        }
        else
        {
            stamp = Mount.StampLocked();
            action(bytes, context, state);
        }

        Mount.Seen = stamp;
        return this;
    }

    private void ThrowUnlessReadable(ReadOnlySpan<byte> bytes, ulong stamp, in CodecContext context)
    {
        if (!TryCheck(bytes, stamp, context))
        {
            throw Error.NeverAssigned(Name);
        }
    }

    /// <summary>Checks that there is a value, and once for each stamp that its fixed parts are the layout's.</summary>
    /// <returns>False if the object was never assigned.</returns>
    private bool TryCheck(ReadOnlySpan<byte> bytes, ulong stamp, in CodecContext context)
    {
        if (stamp == 0 && context.Layout.Value.Tag != WireTag.None)
        {
            return false;
        }

        if (_codec.HasFixedKeys && Volatile.Read(ref _checkedStamp) != stamp)
        {
            CheckFixedParts(bytes, context);
            Volatile.Write(ref _checkedStamp, stamp);
        }

        return true;
    }
}
