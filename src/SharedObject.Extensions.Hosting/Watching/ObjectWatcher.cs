using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SharedObjects.Hosting.Logging;
using SharedObjects.Hosting.Registration;

namespace SharedObjects.Hosting.Watching;

/// <summary>Opens an object as soon as there is one, and hands its values on until the host stops.</summary>
/// <remarks>
/// What is wrong with the object (another type, a truncated segment, a lock that nobody lets go of) can be put right by its producer, so
/// that the watcher tries again. What the handler throws is the host's business, as with every <see cref="BackgroundService"/>.
/// </remarks>
internal sealed class ObjectWatcher<THandle, TValue>(
    Watch<THandle, TValue> watch, IServiceProvider services, HostedObjects objects, ILogger<ObjectWatcher> logger) : BackgroundService
    where THandle : SharedHandle
{
    private static readonly TimeSpan s_retryStep = TimeSpan.FromSeconds(1);

    private readonly WatcherStatus _status = new(watch.Name);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        objects.Add(_status);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Log.WaitingForProducer(logger, watch.Name);
        using THandle handle = await OpenAsync(stoppingToken).ConfigureAwait(false);
        objects.Add(handle);
        try
        {
            Log.Watching(logger, watch.Name);
            await HandleValuesAsync(handle, stoppingToken).ConfigureAwait(false);
        }
        finally
        {
            objects.Remove(handle);
        }
    }

    private async Task<THandle> OpenAsync(CancellationToken stopping)
    {
        SharedObjectOptions options = objects.OptionsOf(watch.Name);
        while (true)
        {
            try
            {
                return await watch.Open(watch.Name, options, stopping).ConfigureAwait(false);
            }
            catch (SharedObjectException problem)
            {
                await PauseAsync(problem, stopping).ConfigureAwait(false);
            }
        }
    }

    private async Task HandleValuesAsync(THandle handle, CancellationToken stopping)
    {
        SharedWatchOptions options = watch.Options with { OnSilence = OnSilence };
        while (true)
        {
            IAsyncEnumerator<TValue> values = watch.Stream(handle, options, stopping).GetAsyncEnumerator(stopping);
            await using (values.ConfigureAwait(false))
            {
                // A stream that has failed has ended. The next goes on behind the value that was seen last.
                while (await MoveNextAsync(handle, values, stopping).ConfigureAwait(false))
                {
                    Resume();
                    await watch.Handle(values.Current, services, stopping).ConfigureAwait(false);
                }
            }

            options = options with { StartWithCurrent = false };
        }
    }

    private async Task<bool> MoveNextAsync(THandle handle, IAsyncEnumerator<TValue> values, CancellationToken stopping)
    {
        try
        {
            if (_status.Problem is not null)
            {
                handle.TryRemount();
            }

            return await values.MoveNextAsync().ConfigureAwait(false);
        }
        catch (SharedObjectException problem)
        {
            await PauseAsync(problem, stopping).ConfigureAwait(false);
            return false;
        }
    }

    private async Task PauseAsync(SharedObjectException problem, CancellationToken stopping)
    {
        if (_status.Problem?.Message != problem.Message)
        {
            Log.WatchFailed(logger, watch.Name, problem);
        }

        _status.Problem = problem;
        await Task.Delay(s_retryStep, stopping).ConfigureAwait(false);
    }

    private void OnSilence(TimeSpan silence)
    {
        _status.IsSilent = true;
        Log.Silent(logger, watch.Name, silence);
        watch.Options.OnSilence?.Invoke(silence);
    }

    private void Resume()
    {
        if (_status.IsSilent || _status.Problem is not null)
        {
            _status.IsSilent = false;
            _status.Problem = null;
            Log.Resumed(logger, watch.Name);
        }
    }
}

/// <summary>The watchers' log category, the same for all types of values.</summary>
internal sealed class ObjectWatcher;
