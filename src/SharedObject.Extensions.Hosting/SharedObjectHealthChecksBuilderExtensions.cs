using System;
using System.Collections.Generic;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SharedObjects;
using SharedObjects.Hosting.Health;
using SharedObjects.Hosting.Registration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Health checks of shared objects.</summary>
public static class SharedObjectHealthChecksBuilderExtensions
{
    /// <summary>
    /// Checks an object: that there is one, that it has a value, whole and young enough, and that what this host has open of it is not left behind.
    /// </summary>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="objectName">The object's name.</param>
    /// <param name="maxAge">How old its value may be; null if its age does not matter.</param>
    /// <param name="name">The name of the check; null for that of the object.</param>
    /// <param name="failureStatus">What the check says where it fails; null for <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Tags to filter checks by.</param>
    /// <returns>The host's health checks.</returns>
    /// <remarks>
    /// It fails where there is no such object, it has never been assigned, is torn, older than allowed, not one of this format, locked for
    /// more than a second, or can't be read by its watcher. It says <see cref="HealthStatus.Degraded"/> where its name is gone and this host has it open
    /// still, a handle of the host is left with an old segment, or a watcher was told of silence. Its data has <c>name</c>, and, where
    /// there is a value, <c>age</c> (a <see cref="TimeSpan"/>), <c>type</c> and <c>hasTrailer</c>. It reads the value once, changes nothing, and
    /// of handles knows those that were registered with the host, watchers' included.
    /// </remarks>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    public static IHealthChecksBuilder AddSharedObject(
        this IHealthChecksBuilder builder,
        string objectName,
        TimeSpan? maxAge = null,
        string? name = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        SharedObject.Exists(objectName); // a name that can't be one is an error here, not when the host runs
        builder.Services.AddSharedObjects();
        return builder.Add(new HealthCheckRegistration(
            name ?? objectName,
            provider => new SharedObjectHealthCheck(objectName, maxAge, provider.GetRequiredService<HostedObjects>()),
            failureStatus,
            tags));
    }
}
