using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Tests.Support;

namespace SharedObjects.Bridging.Tests.Support;

/// <summary>
/// The base of tests with bridges in this process. All are at one /dev/shm, so that an object can't come back under the name that it went out by:
/// a broker's message is looked at, or sent, by a client of the test's own.
/// </summary>
public abstract class BridgeTest : SegmentTest
{
    private readonly List<(MqttBridge Bridge, Task Run, CancellationTokenSource End)> _running = [];

    internal Mosquitto Broker { get; } = new();

    internal LogLines Log { get; } = new();

    /// <summary>Starts a bridge at the test's broker, and waits until it is connected.</summary>
    internal MqttBridge Start(Action<BridgeOptions> configure)
    {
        MqttBridge bridge = StartUnconnected(configure);
        Until(() => bridge.GetStatus().Connection == BridgeConnection.Connected);
        return bridge;
    }

    internal MqttBridge StartUnconnected(Action<BridgeOptions> configure)
    {
        var options = new BridgeOptions { Broker = Broker.Address, Prefix = "test", Host = "here" };
        configure(options);
        var bridge = new MqttBridge(options, Log);
        var end = new CancellationTokenSource();
        _running.Add((bridge, Task.Run(() => bridge.RunAsync(end.Token)), end));
        return bridge;
    }

    /// <summary>Ends a bridge, as its program would.</summary>
    internal void Stop(MqttBridge bridge)
    {
        (MqttBridge Bridge, Task Run, CancellationTokenSource End) running = _running.Single(item => item.Bridge == bridge);
        _running.Remove(running);
        running.End.Cancel();
        running.Run.GetAwaiter().GetResult();
        bridge.DisposeAsync().AsTask().GetAwaiter().GetResult();
        running.End.Dispose();
    }

    internal static BridgedObject? Find(MqttBridge bridge, string name) => bridge.GetStatus().Objects.FirstOrDefault(item => item.Name == name);

    public override void Dispose()
    {
        foreach ((MqttBridge bridge, _, _) in _running.ToArray())
        {
            Stop(bridge);
        }

        Broker.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }
}
