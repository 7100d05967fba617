using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;

namespace SharedObjects.Hosting.Watching;

/// <summary>The times at which a trigger was triggered, as a stream like those of objects with values.</summary>
internal static class TriggerStream
{
    internal static async IAsyncEnumerable<long> WatchAsync(
        SharedTrigger trigger, SharedWatchOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (options.StartWithCurrent && trigger.LastSeen != 0)
        {
            yield return trigger.LastSeen;
        }

        TimeSpan timeout = options.MaxSilence;
        while (true)
        {
            if (await trigger.WaitAsync(timeout, cancellation).ConfigureAwait(false))
            {
                timeout = options.MaxSilence;
                yield return trigger.LastSeen;
            }
            else
            {
                options.OnSilence?.Invoke(timeout);
                timeout = Timeout.InfiniteTimeSpan; // it has been said
            }
        }
    }
}
