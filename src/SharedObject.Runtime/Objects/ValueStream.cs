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
    /// <summary>Waits for a newer value than the one that the handle has seen last.</summary>
    /// <returns>False if there was none in time.</returns>
    internal static bool TryFetchNext<T>(IValueReader<T> reader, ref T value, Deadline deadline)
    {
        ulong after = reader.Mount.Seen;
        deadline = deadline.Started();
        while (reader.Mount.Wait(after, deadline))
        {
            if (TryRead(reader, ref value, deadline.Cancellation, ref after))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc cref="TryFetchNext"/>
    internal static T FetchNext<T>(IValueReader<T> reader, in Deadline deadline)
    {
        T value = default!;
        return TryFetchNext(reader, ref value, deadline) ? value : throw Error.Silence(reader.Mount.Name, deadline.Timeout);
    }

    /// <inheritdoc cref="TryFetchNext"/>
    internal static async ValueTask<T> FetchNextAsync<T>(IValueReader<T> reader, Deadline deadline)
    {
        T value = default!;
        ulong after = reader.Mount.Seen;
        deadline = deadline.Started();
        while (await reader.Mount.WaitAsync(after, deadline).ConfigureAwait(false))
        {
            if (TryRead(reader, ref value, deadline.Cancellation, ref after))
            {
                return value;
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
            else if (TryRead(reader, ref value, cancellation, ref after))
            {
                yield return value;
                silence = Deadline.After(options.MaxSilence, cancellation).Started();
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

    /// <param name="after">Afterwards the stamp of what was read, whole or not.</param>
    private static bool TryRead<T>(IValueReader<T> reader, ref T value, CancellationToken cancellation, ref ulong after)
    {
        Deadline deadline = Deadline.After(reader.Mount.Options.LockTimeout, cancellation);
        ulong found = reader.Mount.LoadStamp();
        switch (reader.Read(ref value, deadline, out ulong stamp))
        {
            case ReadResult.Whole:
                after = stamp;
                return true;
            case ReadResult.TimedOut:
                throw reader.Mount.LockTimeout(LockMode.Shared, deadline.Timeout);
            default:
                after = found;
                return false;
        }
    }
}
