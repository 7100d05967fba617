using System;
using System.Threading.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SharedObjects.Tests.Support;

namespace SharedObjects.Hosting.Tests.Support;

/// <summary>The base of tests with a host of their own, whose log they see.</summary>
public abstract class HostTest : SegmentTest
{
    private IHost? _host;

    internal LogLines Log { get; } = new();

    /// <summary>Makes the test's host.</summary>
    protected IHost Build(Action<HostApplicationBuilder> configure)
    {
        // Without the defaults: a test's settings are its own, and not those of files and variables.
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Debug).AddProvider(Log);
        configure(builder);
        return _host = builder.Build();
    }

    protected async Task<IHost> StartAsync(Action<HostApplicationBuilder> configure)
    {
        IHost host = Build(configure);
        await host.StartAsync();
        return host;
    }

    protected static async Task<HealthReportEntry> CheckAsync(IHost host, string check)
    {
        HealthReport report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(entry => entry.Name == check);
        return report.Entries[check];
    }

    public override void Dispose()
    {
        _host?.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }
}
