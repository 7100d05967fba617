using System;
using System.Collections.Generic;
using System.Diagnostics.Metrics;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.LockFree;

namespace SharedObjects.Tests.Waiting;

/// <summary>What the library's meter says about an object.</summary>
public sealed class MeterTests(PeerFixture fixture) : PeerTest(fixture)
{
    [Fact]
    public void Everything_is_counted_for_its_object()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 0.5);
        using (SharedObject<double> other = SharedObject.Open<double>(Name()))
        {
            other.Assign(1.5).Trigger();
        }

        handle.Assign(2.5);
        for (int i = 0; i < 100; i++)
        {
            handle.Fetch(); // without a lock: not counted
        }

        PlainAssign(Name(), 3.5);
        handle.Fetch();
        handle.Fetch();
        using (var raw = new RawSegment(Name(), Made.DoubleSize))
        {
            raw.WhileLocked(() => Assert.False(handle.TryAssign(1, TimeSpan.FromMilliseconds(1))));
        }

        handle.Unlink();
        SharedObject.Create(Name(), 4.5).Dispose();
        Assert.True(handle.TryRemount());

        Dictionary<string, double> found = Listen();
        Assert.Equal(3, found[SharedObjectMetrics.Writes]);
        Assert.Equal(1, found[SharedObjectMetrics.LockedReads]);
        Assert.Equal(1, found[SharedObjectMetrics.Heals]);
        Assert.Equal(1, found[SharedObjectMetrics.LockWaits]);
        Assert.Equal(1, found[SharedObjectMetrics.Remounts]);
        Assert.Equal(0, found[SharedObjectMetrics.Retries]);
        Assert.InRange(found[SharedObjectMetrics.ValueAge], 0, 3600);

        handle.Dispose();
        found = Listen();
        Assert.Equal(3, found[SharedObjectMetrics.Writes]); // counts do not go back
        Assert.DoesNotContain(SharedObjectMetrics.ValueAge, found.Keys);
    }

    private Dictionary<string, double> Listen()
    {
        Dictionary<string, double> found = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == SharedObjectMetrics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        return found;

        void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            Assert.Equal(SharedObjectMetrics.ObjectTag, Assert.Single(tags.ToArray()).Key);
            if ((string?)tags[0].Value == Name())
            {
                found.Add(instrument.Name, value);
            }
        }
    }
}
