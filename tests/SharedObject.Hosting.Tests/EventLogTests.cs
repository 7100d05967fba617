using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SharedObjects.Hosting.Tests.Support;

namespace SharedObjects.Hosting.Tests;

/// <summary>What happens to objects, in the host's log: also to those that are not registered with it.</summary>
public sealed class EventLogTests : HostTest
{
    [Fact]
    public async Task Names_that_go_and_objects_that_are_made_anew_are_logged_while_the_host_runs()
    {
        string name = Name();
        using SharedObject<double> producer = SharedObject.Publish(name, 1.5);
        using SharedObject<double> follows = SharedObject.Open<double>(name);
        using SharedObject<double> stays = SharedObject.Open<double>(name, new SharedObjectOptions { Remount = false });
        IHost host = await StartAsync(builder => builder.Services.AddSharedObjects());
        using var end = new CancellationTokenSource();
        Task[] waits = [follows.WaitAsync(end.Token).AsTask(), stays.WaitAsync(end.Token).AsTask()];

        producer.Unlink();
        Until(() => Log.Count(name, SharedObjectEventIds.Unlinked) == 2);
        Assert.True(producer.Republish());
        Assert.Equal(1, Log.Count(name, SharedObjectEventIds.Republished));
        Until(() => Log.Count(name, SharedObjectEventIds.Remounted) == 1 && Log.Count(name, SharedObjectEventIds.Replaced) == 1);
        Assert.All(Log.Of(name), line => Assert.Equal(
            line.EventId is SharedObjectEventIds.Unlinked or SharedObjectEventIds.Replaced ? LogLevel.Warning : LogLevel.Information, line.Level));

        await host.StopAsync();
        int lines = Log.Of(name).Length;
        producer.Unlink();
        Assert.True(producer.Republish());
        Assert.Equal(lines, Log.Of(name).Length);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waits));
    }

    [Fact]
    public void It_is_there_once_whatever_is_registered()
    {
        IHost host = Build(builder => builder.Services
            .AddSharedObjects()
            .AddSharedObject(Name(), ArmState.Open)
            .AddHealthChecks().AddSharedObject(Name()).AddSharedObject(Name("b")));
        Assert.Single(host.Services.GetServices<IHostedService>(), service => service.GetType().Namespace!.StartsWith("SharedObjects", StringComparison.Ordinal));
    }
}
