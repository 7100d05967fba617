using System;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SharedObjects.Bridging;
using SharedObjects.Bridging.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers a bridge with a host.</summary>
public static class SharedObjectBridgeServiceCollectionExtensions
{
    /// <summary>
    /// Has the host run a bridge for as long as it runs itself. There is one bridge a host; further calls add to its options. It is a
    /// service (<see cref="MqttBridge"/>) whose status can be asked.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The host's services.</returns>
    /// <remarks>Options that are not as they must be end the host when it starts, with a <see cref="BridgeOptionsException"/>.</remarks>
    public static IServiceCollection AddSharedObjectBridge(this IServiceCollection services, Action<BridgeOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        return services.Configure(configure).AddBridge();
    }

    /// <inheritdoc cref="AddSharedObjectBridge(IServiceCollection, Action{BridgeOptions})"/>
    /// <param name="configuration">A section with members of <see cref="BridgeOptions"/>.</param>
    public static IServiceCollection AddSharedObjectBridge(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        return services.AddSingleton<IConfigureOptions<BridgeOptions>>(new ConfiguredOptions(configuration)).AddBridge();
    }

    private static IServiceCollection AddBridge(this IServiceCollection services)
    {
        services.AddOptions();
        services.TryAddSingleton<MqttBridge>(static provider => new MqttBridge(
            provider.GetRequiredService<IOptions<BridgeOptions>>().Value, provider.GetService<Microsoft.Extensions.Logging.ILoggerFactory>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, BridgeService>());
        return services;
    }
}
