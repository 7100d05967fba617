using System;
using System.Collections.Generic;
using System.Linq;
using SharedObjects.Tests.Support;

namespace SharedObjects.Bridging.Tests.Support;

/// <summary>
/// The base of tests with bridges in this process. All are at one /dev/shm, so that an object can't come back under the name that it went out by:
/// a broker's message is looked at, or sent, by a client of the test's own.
/// </summary>
public abstract class BridgeTest : SegmentTest
{
    private readonly List<RunningBridge> _running = [];

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
        var running = new RunningBridge(options, Log);
        _running.Add(running);
        return running.Bridge;
    }

    /// <summary>Ends a bridge, as its program would.</summary>
    internal void Stop(MqttBridge bridge)
    {
        RunningBridge running = _running.Single(item => item.Bridge == bridge);
        _running.Remove(running);
        running.Dispose();
    }

    internal static BridgedObject? Find(MqttBridge bridge, string name) => bridge.GetStatus().Objects.FirstOrDefault(item => item.Name == name);

    public override void Dispose()
    {
        _running.ForEach(running => running.Dispose());

        Broker.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }
}
