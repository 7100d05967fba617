using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Hosting;

namespace SharedObjects.Bridging.Hosting;

/// <summary>Runs the host's bridge.</summary>
internal sealed class BridgeService(MqttBridge bridge) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => bridge.RunAsync(stoppingToken);
}
