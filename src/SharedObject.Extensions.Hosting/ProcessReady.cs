using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Hosting.Internals;
using SharedObjects.Hosting.Readiness;

namespace SharedObjects.Hosting;

/// <summary>
/// Tells another process, mostly the parent, that this one is ready, and waits for that: by a trigger <c>proc_&lt;pid&gt;_ready</c>, as
/// <c>real_robot</c>'s processes do (<c>signal_process_ready</c>, <c>start_and_wait_for_process</c>) and those of our Python package
/// (<c>signal_ready</c>, <c>wait_ready</c>).
/// </summary>
/// <remarks>
/// Each side makes the trigger if there is none, so that neither needs to be first; the one that waits removes it. But
/// <c>real_robot</c>'s signal removes it at once, so that who waits for such a process must begin to before it signals: as soon as it is
/// started.
/// </remarks>
public static class ProcessReady
{
    // From one look whether the process is alive to the next.
    private static readonly TimeSpan s_lifeStep = TimeSpan.FromMilliseconds(50);

    // A trigger that is older than its process is left over from another that had the same id. By so much at least, as the two are told by
    // different clocks.
    private static readonly TimeSpan s_clocksDiffer = TimeSpan.FromSeconds(1);

    /// <summary>The name of the trigger by which a process says that it is ready.</summary>
    /// <param name="processId">Its id, as it is seen by the process itself.</param>
    public static string TriggerName(int processId)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(processId);
        return FormattableString.Invariant($"proc_{processId}_ready");
    }

    /// <summary>Says that this process is ready. Whoever waits for it removes the trigger; if nobody does, it stays.</summary>
    /// <exception cref="SharedObjectException">The trigger could not be made or triggered.</exception>
    public static void Signal()
    {
        using SharedTrigger trigger = SharedTrigger.OpenOrCreate(TriggerName(Environment.ProcessId));
        trigger.Trigger();
    }

    /// <summary>Waits until a process has said that it is ready, also if it has already, and removes its trigger.</summary>
    /// <param name="process">The process; started.</param>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it lives.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <remarks>After a timeout, or when cancelled, the trigger stays, so that one can wait again.</remarks>
    /// <exception cref="ProcessEndedException">The process ended before it said so. The trigger was removed.</exception>
    /// <exception cref="TimeoutException">The process did not say so in time.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="InvalidOperationException">The process was not started.</exception>
    /// <exception cref="SharedObjectException">The trigger could not be made or read.</exception>
    public static Task WaitAsync(Process process, TimeSpan timeout, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(process);
        return WaitAsync(process.Id, process, timeout, cancellation);
    }

    /// <inheritdoc cref="WaitAsync(Process, TimeSpan, CancellationToken)"/>
    public static Task WaitAsync(Process process, CancellationToken cancellation = default) =>
        WaitAsync(process, Timeout.InfiniteTimeSpan, cancellation);

    /// <inheritdoc cref="WaitAsync(Process, TimeSpan, CancellationToken)"/>
    /// <param name="processId">The process's id: it need not be a child of this one.</param>
    public static Task WaitAsync(int processId, TimeSpan timeout, CancellationToken cancellation = default) =>
        WaitAsync(processId, null, timeout, cancellation);

    /// <inheritdoc cref="WaitAsync(int, TimeSpan, CancellationToken)"/>
    public static Task WaitAsync(int processId, CancellationToken cancellation = default) =>
        WaitAsync(processId, Timeout.InfiniteTimeSpan, cancellation);

    private static async Task WaitAsync(int processId, Process? process, TimeSpan timeout, CancellationToken cancellation)
    {
        long began = Stopwatch.GetTimestamp();
        using SharedTrigger trigger = SharedTrigger.OpenOrCreate(TriggerName(processId), cancellation: cancellation);
        var life = new ProcessLife(processId);
        if (!IsOf(life, trigger.LastSeen))
        {
            TimeSpan left = timeout;
            while (!await trigger.WaitAsync(ShorterOf(left, s_lifeStep), cancellation).ConfigureAwait(false))
            {
                // In this order: the last thing it did may be to say so.
                if (!life.IsAlive && !trigger.Modified)
                {
                    trigger.Unlink();
                    throw Error.ProcessEnded(processId, ExitCodeOf(process));
                }

                if (timeout != Timeout.InfiniteTimeSpan)
                {
                    left = timeout - Stopwatch.GetElapsedTime(began);
                    if (left <= TimeSpan.Zero)
                    {
                        throw Error.NotReady(processId, timeout);
                    }
                }
            }
        }

        trigger.Unlink();
    }

    /// <summary>Whether what was in the trigger when it was opened is the process's word, and not that of an earlier one of its id.</summary>
    private static bool IsOf(ProcessLife life, long stamp) =>
        stamp != 0 && (life.Began is not { } start || DateTime.UnixEpoch.AddTicks(stamp / TimeSpan.NanosecondsPerTick) >= start - s_clocksDiffer);

    private static TimeSpan ShorterOf(TimeSpan left, TimeSpan step) => left == Timeout.InfiniteTimeSpan || left > step ? step : left;

    private static int? ExitCodeOf(Process? process)
    {
        try
        {
            return process is { HasExited: true } ? process.ExitCode : null;
        }
        catch (InvalidOperationException)
        {
            return null; // another process has started it
        }
    }
}
