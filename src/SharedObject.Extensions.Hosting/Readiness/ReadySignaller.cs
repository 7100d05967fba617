using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Hosting;

namespace SharedObjects.Hosting.Readiness;

/// <summary>Says that this process is ready when all services of its host have started.</summary>
internal sealed class ReadySignaller : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        ProcessReady.Signal();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
