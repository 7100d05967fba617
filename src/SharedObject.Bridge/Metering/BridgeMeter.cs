using System;
using System.Collections.Generic;
using System.Diagnostics.Metrics;
using System.Linq;

namespace SharedObjects.Bridging.Metering;

/// <summary>The meter of one bridge: its status, as measurements.</summary>
internal sealed class BridgeMeter : IDisposable
{
    private readonly Meter _meter = new(BridgeMetrics.MeterName);

    internal BridgeMeter(Func<BridgeStatus> status)
    {
        Count(BridgeMetrics.Values, "{value}", "Values that have crossed", status, static item => item.Values);
        Count(BridgeMetrics.Bytes, "By", "Bytes of their payloads", status, static item => item.Bytes);
        Count(BridgeMetrics.Superseded, "{value}", "Values that were dropped as newer ones came", status, static item => item.Superseded);
        Count(BridgeMetrics.Refused, "{value}", "Values that were refused", status, static item => item.Refused);
        _meter.CreateObservableGauge(
            BridgeMetrics.Latency,
            () => status().Objects.Where(item => item.Latency is not null).Select(item => new Measurement<double>(item.Latency!.Value.TotalSeconds, Tags(item))),
            "s",
            "Time from a value's stamp to its last receipt");
        _meter.CreateObservableGauge(BridgeMetrics.Connected, () => Of(status(), static status => status.Connection == BridgeConnection.Connected ? 1 : 0), null, "Whether there is a connection");
        _meter.CreateObservableCounter(BridgeMetrics.Disconnects, () => Of(status(), static status => status.Disconnects), "{disconnect}", "Connections that were lost");
    }

    public void Dispose() => _meter.Dispose();

    private static Measurement<long> Of(BridgeStatus status, Func<BridgeStatus, long> value) =>
        new(value(status), new KeyValuePair<string, object?>(BridgeMetrics.OriginTag, status.Origin));

    private static KeyValuePair<string, object?>[] Tags(BridgedObject item) =>
    [
        new(BridgeMetrics.ObjectTag, item.Name),
        new(BridgeMetrics.DirectionTag, item.Direction == BridgeDirection.Publish ? "publish" : "subscribe"),
    ];

    private void Count(string name, string unit, string description, Func<BridgeStatus> status, Func<BridgedObject, long> count) =>
        _meter.CreateObservableCounter(
            name, () => status().Objects.Select(item => new Measurement<long>(count(item), Tags(item))), unit, description);
}
