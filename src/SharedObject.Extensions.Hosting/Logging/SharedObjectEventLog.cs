using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SharedObjects.Hosting.Logging;

/// <summary>Writes what happens to objects into the log, from before the host's services start until after they have stopped.</summary>
internal sealed class SharedObjectEventLog(ILogger<SharedObjectEventLog> logger) : IHostedLifecycleService, IDisposable
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        SharedObjectEvents.Raised += Write;
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>A host that fails to start is disposed of without having been stopped.</summary>
    public void Dispose() => SharedObjectEvents.Raised -= Write;

    private void Write(object? sender, SharedObjectEventArgs args)
    {
        switch (args.Kind)
        {
            case SharedObjectEventKind.Unlinked:
                Log.Unlinked(logger, args.Name);
                break;
            case SharedObjectEventKind.Replaced:
                Log.Replaced(logger, args.Name);
                break;
            case SharedObjectEventKind.Remounted:
                Log.Remounted(logger, args.Name);
                break;
            case SharedObjectEventKind.Republished:
                Log.Republished(logger, args.Name);
                break;
        }
    }
}
