using System;
using System.Numerics.Tensors;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SharedObjects;
using SharedObjects.Hosting;
using SharedObjects.Hosting.Logging;
using SharedObjects.Hosting.Readiness;
using SharedObjects.Hosting.Registration;
using SharedObjects.Hosting.Watching;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers shared objects with a host.</summary>
/// <remarks>All of these methods also have the host log what happens to the objects of the process (<see cref="SharedObjectEventIds"/>).</remarks>
public static class SharedObjectServiceCollectionExtensions
{
    // A value that is there already is what most watchers want first; that of a trigger is only that it was triggered once.
    private static readonly SharedWatchOptions s_fromCurrent = new() { StartWithCurrent = true };

    /// <summary>Has the host log what happens to the objects of the process; the other methods do so too.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">
    /// A section of the configuration with <see cref="SharedObjectSettings"/> of all objects, and in its section <c>Objects</c> those of
    /// single ones, by their names; null for none.
    /// </param>
    /// <returns>The host's services.</returns>
    public static IServiceCollection AddSharedObjects(this IServiceCollection services, IConfiguration? configuration = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions();
        services.TryAddSingleton<HostedObjects>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SharedObjectEventLog>());
        if (configuration is not null)
        {
            services.AddSingleton<IConfigureOptions<SharedObjectSettings>>(new ConfiguredSettings(configuration));
        }

        return services;
    }

    /// <summary>
    /// Registers an object, as a singleton of its handle's type, and as one with its name as the key for where several objects have the
    /// same type. It is opened when it is first asked for, and disposed of with the host.
    /// </summary>
    /// <typeparam name="THandle">
    /// <see cref="SharedObject{T}"/>, <see cref="SharedArray{T}"/>, <see cref="SharedTrigger"/>, or the <c>Group</c> of a group of objects.
    /// </typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="name">The object's name.</param>
    /// <param name="open">
    /// Opens or makes it, given the name and the options that its <see cref="SharedObjectSettings"/> say. Of a schema the method itself:
    /// <c>ArmState.Open</c>, <c>ArmState.OpenOrCreate</c>; else <c>(name, options) => SharedArray&lt;byte&gt;.Open(name, options)</c>.
    /// </param>
    /// <returns>The host's services.</returns>
    /// <remarks>
    /// Of several objects with one type, the one that was registered last is what is got without a key. An object that can't be opened is an
    /// exception for who asks for it; the next to ask tries again. For one whose producer may start later, use a watcher.
    /// </remarks>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    public static IServiceCollection AddSharedObject<THandle>(
        this IServiceCollection services, string name, Func<string, SharedObjectOptions, THandle> open)
        where THandle : class, IDisposable
    {
        ArgumentNullException.ThrowIfNull(open);
        CheckName(name);
        services.AddSharedObjects();
        services.AddKeyedSingleton(name, (provider, _) => Open(provider, name, open));
        return services.AddSingleton(provider => provider.GetRequiredKeyedService<THandle>(name));
    }

    /// <summary>
    /// Watches an object while the host runs: waits for it, as its producer may start later, and hands on its values as they come, each time
    /// the latest, beginning with the one that is there. A producer that is restarted is followed.
    /// </summary>
    /// <typeparam name="T">The type of its value.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="name">The object's name.</param>
    /// <param name="open">Waits for the object: <c>ArmState.OpenAsync</c>, or <c>SharedObject.OpenAsync&lt;double&gt;</c>.</param>
    /// <param name="handle">
    /// What to do with a value; the next is taken when it has ended. It is given the host's services, without a scope, and a token for the
    /// host's end. What it throws ends the watcher, and, as of all background services, the host, unless
    /// <c>HostOptions.BackgroundServiceExceptionBehavior</c> says otherwise.
    /// </param>
    /// <param name="watch">
    /// Where to begin, and how long the producer may be silent, which is then logged and makes health checks of the object say
    /// <c>Degraded</c>; null for the value that is there and for ever.
    /// </param>
    /// <returns>The host's services.</returns>
    /// <remarks>
    /// An object that can't be read, say as its producer has made it with another type, is logged, makes its health checks fail, and is
    /// tried again each second.
    /// </remarks>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    public static IServiceCollection AddSharedObjectWatcher<T>(
        this IServiceCollection services,
        string name,
        Func<string, SharedObjectOptions, CancellationToken, Task<SharedObject<T>>> open,
        Func<T, IServiceProvider, CancellationToken, Task> handle,
        SharedWatchOptions? watch = null)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return services.AddWatcher(new Watch<SharedObject<T>, T>(
            name, open, static (handle, options, cancellation) => handle.WatchAsync(options, cancellation), handle, watch ?? s_fromCurrent));
    }

    /// <inheritdoc cref="AddSharedObjectWatcher{T}(IServiceCollection, string, Func{string, SharedObjectOptions, CancellationToken, Task{SharedObject{T}}}, Func{T, IServiceProvider, CancellationToken, Task}, SharedWatchOptions?)"/>
    /// <typeparam name="T">The type of the array's elements.</typeparam>
    /// <param name="open">Waits for the array: <c>SharedArray&lt;byte&gt;.OpenAsync</c>.</param>
    public static IServiceCollection AddSharedObjectWatcher<T>(
        this IServiceCollection services,
        string name,
        Func<string, SharedObjectOptions, CancellationToken, Task<SharedArray<T>>> open,
        Func<Tensor<T>, IServiceProvider, CancellationToken, Task> handle,
        SharedWatchOptions? watch = null)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(handle);
        return services.AddWatcher(new Watch<SharedArray<T>, Tensor<T>>(
            name, open, static (handle, options, cancellation) => handle.WatchAsync(options, cancellation), handle, watch ?? s_fromCurrent));
    }

    /// <inheritdoc cref="AddSharedObjectWatcher{T}(IServiceCollection, string, Func{string, SharedObjectOptions, CancellationToken, Task{SharedObject{T}}}, Func{T, IServiceProvider, CancellationToken, Task}, SharedWatchOptions?)"/>
    /// <param name="open">Waits for the dynamic object: <c>SharedDynamicObject.OpenAsync</c>.</param>
    public static IServiceCollection AddSharedObjectWatcher(
        this IServiceCollection services,
        string name,
        Func<string, SharedObjectOptions, CancellationToken, Task<SharedDynamicObject>> open,
        Func<object?, IServiceProvider, CancellationToken, Task> handle,
        SharedWatchOptions? watch = null)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return services.AddWatcher(new Watch<SharedDynamicObject, object?>(
            name, open, static (handle, options, cancellation) => handle.WatchAsync(options, cancellation), handle, watch ?? s_fromCurrent));
    }

    /// <summary>Watches a trigger while the host runs: waits for it, as another process may make it later, and is told when it is triggered.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">The trigger's name.</param>
    /// <param name="open">
    /// Waits for the trigger: <c>SharedTrigger.OpenAsync</c>. What is triggered before it was opened goes unnoticed; to make it here instead,
    /// <c>(name, options, cancellation) => Task.FromResult(SharedTrigger.OpenOrCreate(name, options, cancellation))</c>.
    /// </param>
    /// <param name="handle">
    /// What to do then, given the host's services, without a scope, and a token for the host's end. Triggers that come meanwhile count as
    /// one. What it throws ends the watcher and, as of all background services, the host.
    /// </param>
    /// <param name="watch">Whether a trigger of before counts, and how long it may be silent; null for no, and for ever.</param>
    /// <returns>The host's services.</returns>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    public static IServiceCollection AddSharedObjectWatcher(
        this IServiceCollection services,
        string name,
        Func<string, SharedObjectOptions, CancellationToken, Task<SharedTrigger>> open,
        Func<IServiceProvider, CancellationToken, Task> handle,
        SharedWatchOptions? watch = null)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return services.AddWatcher(new Watch<SharedTrigger, long>(
            name, open, TriggerStream.WatchAsync, (_, provider, cancellation) => handle(provider, cancellation), watch ?? SharedWatchOptions.Default));
    }

    /// <summary>Has the host say that its process is ready (<see cref="ProcessReady.Signal"/>) when all its services have started.</summary>
    /// <param name="services">The host's services.</param>
    /// <returns>The host's services.</returns>
    public static IServiceCollection AddProcessReady(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ReadySignaller>());
        return services;
    }

    private static IServiceCollection AddWatcher<THandle, TValue>(this IServiceCollection services, Watch<THandle, TValue> watch)
        where THandle : SharedHandle
    {
        ArgumentNullException.ThrowIfNull(watch.Open);
        CheckName(watch.Name);
        services.AddSharedObjects();
        return services.AddSingleton<IHostedService>(provider => new ObjectWatcher<THandle, TValue>(
            watch, provider, provider.GetRequiredService<HostedObjects>(), provider.GetRequiredService<ILogger<ObjectWatcher>>()));
    }

    private static THandle Open<THandle>(IServiceProvider provider, string name, Func<string, SharedObjectOptions, THandle> open)
        where THandle : class
    {
        var objects = provider.GetRequiredService<HostedObjects>();
        THandle opened = open(name, objects.OptionsOf(name));
        if (opened is SharedHandle handle)
        {
            objects.Add(handle);
        }

        Log.Opened(provider.GetRequiredService<ILogger<HostedObjects>>(), name);
        return opened;
    }

    /// <summary>A name that can't be one is an error where it is registered, not when the host runs.</summary>
    private static void CheckName(string name) => SharedObject.Exists(name);
}
