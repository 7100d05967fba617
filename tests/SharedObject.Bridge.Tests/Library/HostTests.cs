using System;
using System.Collections.Generic;
using System.Diagnostics.Metrics;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SharedObjects.Bridging.Tests.Support;

namespace SharedObjects.Bridging.Tests.Library;

/// <summary>The bridge as a service of a host, and its meter.</summary>
public sealed class HostTests : BridgeTest
{
    [Fact]
    public async Task A_host_runs_a_bridge()
    {
        using SharedObject<long> number = SharedObject.Publish(Name(), 1L);
        using var client = new TestClient(Broker.Address);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSharedObjectBridge(options =>
        {
            options.Broker = Broker.Address;
            options.Prefix = "host";
        });
        builder.Services.AddSharedObjectBridge(options => options.Publish.Add(Name()));
        using (IHost host = builder.Build())
        {
            await host.StartAsync();
            MqttBridge bridge = host.Services.GetRequiredService<MqttBridge>();
            Until(() => client.Last($"host/v1/swift/{Name()}") is not null);
            Until(() => bridge.GetStatus().Connection == BridgeConnection.Connected);
            await host.StopAsync();
            Assert.Equal(BridgeConnection.Stopped, bridge.GetStatus().Connection);
        }

        Until(() => client.Last("host/v1/bridge/" + client.Last($"host/v1/swift/{Name()}")!.UserProperties.Where(property => property.Name == "origin")
            .Select(property => System.Text.Encoding.UTF8.GetString(property.ValueBuffer.Span)).Single()) is { Payload.IsEmpty: true });
    }

    [Fact]
    public async Task Options_that_are_wrong_end_the_host_when_it_starts()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSharedObjectBridge(options => options.Publish.Add("x"));
        using IHost host = builder.Build();

        Assert.Equal("Broker", (await Assert.ThrowsAsync<BridgeOptionsException>(() => host.StartAsync())).Option);
    }

    [Fact]
    public async Task A_bridge_runs_once()
    {
        MqttBridge bridge = Start(options => options.Publish.Add(Name()));

        await Assert.ThrowsAsync<InvalidOperationException>(() => bridge.RunAsync());
    }

    [Fact]
    public void The_meter_has_what_the_status_has()
    {
        using SharedObject<long> number = SharedObject.Publish(Name(), 1L);
        MqttBridge bridge = Start(options => options.Publish.Add(Name()));
        Until(() => Find(bridge, Name()) is { Values: 1 });
        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == BridgeMetrics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();

        listener.RecordObservableInstruments();

        Assert.Equal((1, 17, 0, 0), (seen[BridgeMetrics.Values], seen[BridgeMetrics.Bytes], seen[BridgeMetrics.Superseded], seen[BridgeMetrics.Refused]));
        Assert.Equal((1, 0), (seen[BridgeMetrics.Connected], seen[BridgeMetrics.Disconnects]));

        // Bridges of other tests have the same meter.
        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            KeyValuePair<string, object?>[] all = tags.ToArray();
            if (all.Contains(new(BridgeMetrics.OriginTag, bridge.GetStatus().Origin)) || (all.Contains(new(BridgeMetrics.ObjectTag, Name())) && all.Contains(new(BridgeMetrics.DirectionTag, "publish"))))
            {
                seen[instrument.Name] = value;
            }
        }
    }
}
