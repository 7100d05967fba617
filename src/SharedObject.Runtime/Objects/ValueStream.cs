using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Internals;
using SharedObjects.Interop;
using SharedObjects.Sync;

namespace SharedObjects.Objects;

/// <summary>
/// The values of an object as they come: always the latest, never a queue. A value that is torn is passed over, as is one that was never
/// assigned: what is waited for is the next whole one.
/// </summary>
internal static class ValueStream
{
    private static readonly TimeSpan LockGranularity = TimeSpan.FromMilliseconds(1); // waits for the lock may end so much early

    /// <summary>Waits for a newer value than the one that the handle has seen last.</summary>
    /// <returns>False if there was none in time.</returns>
    internal static bool TryFetchNext<T>(IValueReader<T> reader, ref T value, Deadline deadline)
    {
        deadline = deadline.Started();
        return Next(reader, ref value, deadline) switch
        {
            ReadResult.Whole => true,
            ReadResult.TimedOut when deadline.IsInfinite || deadline.Remaining > LockGranularity =>
                throw reader.Mount.LockTimeout(LockMode.Shared, reader.Mount.Options.LockTimeout),
            _ => false,
        };
    }

    /// <inheritdoc cref="TryFetchNext"/>
    internal static T FetchNext<T>(IValueReader<T> reader, in Deadline deadline)
    {
        T value = default!;
        return Next(reader, ref value, deadline.Started()) switch
        {
            ReadResult.Whole => value,
            ReadResult.TimedOut => throw reader.Mount.LockTimeout(LockMode.Shared, LockTimeout(reader.Mount, deadline.Timeout)),
            _ => throw Error.Silence(reader.Mount.Name, deadline.Timeout),
        };
    }

    /// <inheritdoc cref="TryFetchNext"/>
    internal static async ValueTask<T> FetchNextAsync<T>(IValueReader<T> reader, Deadline deadline)
    {
        T value = default!;
        ulong after = reader.Mount.Seen;
        deadline = deadline.Started();
        while (await reader.Mount.WaitAsync(after, deadline).ConfigureAwait(false))
        {
            switch (Read(reader, ref value, Deadline.After(LockTimeout(reader.Mount, deadline.Remaining), deadline.Cancellation), ref after))
            {
                case ReadResult.Whole:
                    return value;
                case ReadResult.TimedOut:
                    throw reader.Mount.LockTimeout(LockMode.Shared, LockTimeout(reader.Mount, deadline.Timeout));
            }
        }

        throw Error.Silence(reader.Mount.Name, deadline.Timeout);
    }

    /// <summary>All values from now on, as fast as they are taken.</summary>
    internal static async IAsyncEnumerable<T> Watch<T>(
        IValueReader<T> reader, SharedWatchOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        T value = default!;
        ulong after = options.StartWithCurrent ? 0 : reader.Mount.Seen;
        Deadline silence = Deadline.After(options.MaxSilence, cancellation).Started();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested(); // who is always behind never comes to wait
            if (!await reader.Mount.WaitAsync(after, silence).ConfigureAwait(false))
            {
                if (options.OnSilence is null)
                {
                    throw Error.Silence(reader.Mount.Name, options.MaxSilence);
                }

                options.OnSilence(options.MaxSilence);
                silence = Deadline.After(Timeout.InfiniteTimeSpan, cancellation); // it has been said
            }
            else
            {
                TimeSpan lockTimeout = reader.Mount.Options.LockTimeout;
                switch (Read(reader, ref value, Deadline.After(lockTimeout, cancellation), ref after))
                {
                    case ReadResult.Whole:
                        yield return value;
                        silence = Deadline.After(options.MaxSilence, cancellation).Started();
                        break;
                    case ReadResult.TimedOut:
                        throw reader.Mount.LockTimeout(LockMode.Shared, lockTimeout);
                }
            }
        }
    }

    /// <summary>The value that is there, unless it is older than asked for.</summary>
    /// <param name="age">How old it was when it was read.</param>
    internal static ReadResult FetchFresh<T>(IValueReader<T> reader, ref T value, in Deadline deadline, out TimeSpan age)
    {
        ReadResult result = reader.Read(ref value, deadline, out ulong stamp);
        age = AgeOf(stamp);
        return result;
    }

    /// <summary>How old a value of the given stamp is; a clock that was set back can make it negative.</summary>
    internal static TimeSpan AgeOf(ulong stamp) => TimeSpan.FromTicks((long)(Posix.Now() - stamp) / TimeSpan.NanosecondsPerTick);

    /// <returns>Null if there was no newer value in time; <see cref="ReadResult.TimedOut"/> if there was one, and the lock was not to be had.</returns>
    private static ReadResult? Next<T>(IValueReader<T> reader, ref T value, in Deadline deadline)
    {
        ulong after = reader.Mount.Seen;
        while (reader.Mount.Wait(after, deadline))
        {
            Deadline ofLock = Deadline.After(LockTimeout(reader.Mount, deadline.Remaining), deadline.Cancellation);
            if (Read(reader, ref value, ofLock, ref after) is var result and (ReadResult.Whole or ReadResult.TimedOut))
            {
                return result;
            }
        }

        return null;
    }

    /// <summary>How long to wait for the lock: no longer than the call may wait for the value.</summary>
    private static TimeSpan LockTimeout(ObjectMount mount, TimeSpan remaining)
    {
        TimeSpan timeout = mount.Options.LockTimeout;
        return timeout == Timeout.InfiniteTimeSpan || (remaining != Timeout.InfiniteTimeSpan && remaining < timeout) ? remaining : timeout;
    }

    /// <param name="after">Afterwards the stamp of what was read, whole or not.</param>
    private static ReadResult Read<T>(IValueReader<T> reader, ref T value, in Deadline deadline, ref ulong after)
    {
        ulong found = reader.Mount.LoadStamp();
        ReadResult result = reader.Read(ref value, deadline, out ulong stamp);
        if (result != ReadResult.TimedOut)
        {
            after = result == ReadResult.Whole ? stamp : found;
        }

        return result;
    }
}
