using System;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Threading;
using CommunityToolkit.HighPerformance.Buffers;
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
    /// A small object is copied to the stack first, and checked to be whole, so that no lock is held while the function runs; a large one
    /// is looked at in place, under the readers' lock.
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
        Span<byte> stack = stackalloc byte[StackLimit];
        for (int tries = 0; ; tries++)
        {
            Stamps stamps = Mount.BeginUnlocked();
            if (stamps.BufferSize > StackLimit)
            {
                break;
            }

            Span<byte> copy = stack[..stamps.BufferSize];
            if (stamps.TryCopy(0, copy, out ulong stamp))
            {
                return View(copy, stamps, stamp, state, function);
            }

            if (!Mount.WaitForWriter(tries))
            {
                break;
            }
        }

        return ViewLocked(stack, state, function, Deadline.After(timeout ?? Mount.Options.LockTimeout, cancellation));
    }

    /// <summary>For generated code: changes parts of the object, under the writer's lock.</summary>
    /// <remarks>
    /// A small object is changed on a copy, which is written back when the action has returned: an action that throws has then
    /// changed nothing; so is one without a trailer (<see cref="SharedHandle.HasTrailer"/>). A large one is changed in place: an action that
    /// throws leaves it torn until the next assign.
    /// </remarks>
    /// <typeparam name="TState">What the action needs.</typeparam>
    /// <param name="state">What the action needs.</param>
    /// <param name="action">The action; must not call this handle.</param>
    /// <param name="timeout">How long to wait for the lock; <see cref="SharedObjectOptions.LockTimeout"/> if null.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>This handle.</returns>
    /// <exception cref="SharedNeverAssignedException">There is no value yet to change.</exception>
    /// <exception cref="SharedTornException">The value is torn: there is no whole one to change.</exception>
    /// <exception cref="SharedSchemaException">A peer has put other dict keys in.</exception>
    /// <inheritdoc cref="Assign(in T, TimeSpan, CancellationToken)" path="/exception"/>
    [EditorBrowsable(EditorBrowsableState.Advanced)]
    [SkipLocalsInit]
    public SharedObject<T> UpdateInPlace<TState>(
        TState state, UpdateAction<TState> action, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        Deadline deadline = Deadline.After(timeout ?? Mount.Options.LockTimeout, cancellation);
        Span<byte> stack = stackalloc byte[StackLimit];
        using LockRegion region = Mount.Enter(LockMode.Exclusive, deadline);
        ThrowUnlessWhole(Mount.SettleLocked(out ulong stamp), deadline);
        Stamps stamps = Mount.Stamps;
        Span<byte> bytes = stamps.DangerousBytes;
        CheckFixedParts(bytes, stamps, stamp);
        bool isSmall = bytes.Length <= StackLimit;
        if (isSmall || !stamps.HasTrailer) // without one nothing would tell others of an action that has thrown half-way
        {
            using SpanOwner<byte> owner = isSmall ? SpanOwner<byte>.Empty : SpanOwner<byte>.Allocate(bytes.Length);
            Span<byte> copy = isSmall ? stack[..bytes.Length] : owner.Span;
            bytes.CopyTo(copy);
            action(copy, stamps.Context, state);
            stamp = Mount.BeginWrite();
            copy[ObjectHeader.TagOffset..].CopyTo(bytes[ObjectHeader.TagOffset..]);
        }
        else
        {
            stamp = Mount.BeginWrite();
            action(bytes, stamps.Context, state); // if it throws, the write stays unended, and the value is torn for all who look
        }

        Mount.EndWrite(stamp);
        return this;
    }

    private TResult ViewLocked<TState, TResult>(
        Span<byte> stack, TState state, ViewFunction<TState, TResult> function, in Deadline deadline)
    {
        ReadResult result = EnterToRead(stack, deadline, out LockRegion region, out Stamps stamps, out ulong stamp, out Span<byte> bytes);
        using (region)
        {
            ThrowUnlessWhole(result, deadline);
            return View(bytes, stamps, stamp, state, function);
        }
    }

    private TResult View<TState, TResult>(
        ReadOnlySpan<byte> bytes, Stamps stamps, ulong stamp, TState state, ViewFunction<TState, TResult> function)
    {
        CheckFixedParts(bytes, stamps, stamp);
        TResult result = function(bytes, stamps.Context, state);
        Accept(stamps, stamp);
        return result;
    }
}
