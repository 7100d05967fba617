using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SharedObjects.Hosting.Registration;
using SharedObjects.Hosting.Watching;

namespace SharedObjects.Hosting.Health;

/// <summary>
/// Looks at an object as another process would: opens it by its name, reads it, and closes it. Then at what this host has open.
/// </summary>
internal sealed class SharedObjectHealthCheck(string name, TimeSpan? maxAge, HostedObjects objects) : IHealthCheck
{
    // Who holds the lock for longer is a problem itself; the options of the object may have far more patience.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object> { ["name"] = name };
        HealthCheckResult result;
        try
        {
            result = Check(data, cancellationToken);
        }
        catch (SharedObjectException problem)
        {
            result = HealthCheckResult.Unhealthy(problem.Message, problem, data);
        }

        return Task.FromResult(
            result.Status == HealthStatus.Unhealthy
                ? new HealthCheckResult(context.Registration.FailureStatus, result.Description, result.Exception, data)
                : result);
    }

    private HealthCheckResult Check(Dictionary<string, object> data, CancellationToken cancellation)
    {
        WatcherStatus[] watchers = objects.WatchersOf(name);
        if (watchers.FirstOrDefault(watcher => watcher.Problem is not null)?.Problem is { } problem)
        {
            return HealthCheckResult.Unhealthy(problem.Message, problem, data);
        }

        SharedHandle[] handles = objects.HandlesOf(name);
        HealthCheckResult? unlinked = null;
        try
        {
            SharedObjectOptions options = OptionsToLook();
            using SharedObject<object?> handle = SharedObject.OpenAny(name, options, cancellation);
            handle.Fetch(options.LockTimeout, cancellation); // throws if there is no whole value
            Describe(handle, data);
        }
        catch (SharedNotFoundException) when (handles.FirstOrDefault(IsOpen) is { } own)
        {
            Describe(own, data);
            unlinked = HealthCheckResult.Degraded(
                $"The name of the shared object '{name}' is gone; this process has it open, but others can't find it.", data: data);
        }

        var age = (TimeSpan)data["age"];
        return age > maxAge ? HealthCheckResult.Unhealthy(
                $"The value of the shared object '{name}' is {Seconds(age)} old, and at most {Seconds(maxAge.Value)} are allowed.", data: data)
            : unlinked is { } degraded ? degraded
            : handles.Any(handle => IsOpen(handle) && handle.IsStale) ? HealthCheckResult.Degraded(
                $"The shared object '{name}' was made anew, and a handle of this process is left with the old one.", data: data)
            : watchers.Any(watcher => watcher.IsSilent) ? HealthCheckResult.Degraded(
                $"No new value of the shared object '{name}' has come for longer than its watcher allows.", data: data)
            : HealthCheckResult.Healthy($"The value of the shared object '{name}' is {Seconds(age)} old.", data);
    }

    /// <summary>Those of the object, but so that looking changes nothing.</summary>
    private SharedObjectOptions OptionsToLook()
    {
        SharedObjectOptions options = objects.OptionsOf(name);
        return options with
        {
            ReadOnly = true,
            LockTimeout = options.LockTimeout == Timeout.InfiniteTimeSpan || options.LockTimeout > s_patience ? s_patience : options.LockTimeout,
        };
    }

    private static void Describe(SharedHandle handle, Dictionary<string, object> data)
    {
        data["age"] = handle.Age;
        data["type"] = handle.Layout.ToString();
        data["hasTrailer"] = handle.HasTrailer;
    }

    private static bool IsOpen(SharedHandle handle)
    {
        try
        {
            _ = handle.Modified;
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false; // whoever it was injected into may have disposed of it
        }
    }

    private static string Seconds(TimeSpan time) => time == TimeSpan.MaxValue
        ? "infinitely"
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}
