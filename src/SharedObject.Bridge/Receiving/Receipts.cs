using System;
using System.Buffers;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using MQTTnet.Packets;
using SharedObjects.Bridging.Connections;
using SharedObjects.Bridging.Wire;
using SharedObjects.Waiting;

namespace SharedObjects.Bridging.Receiving;

/// <summary>Tells publishers what has come: at once, but no more often than each ten milliseconds, unless a window is half full.</summary>
/// <remarks>
/// A later number speaks for all before it: of each object only the last counts. Where messages come and come, the one that is due tells; the timer is
/// for the last.
/// </remarks>
internal sealed class Receipts : IDisposable
{
    private const int Delay = 10, TimerDelay = 15; // ms
    private const int HalfWindow = 32 * 1024;

    private readonly Lock _gate = new();
    private readonly Topics _topics;
    private readonly ulong _origin;
    private readonly Connection _connection;
    private readonly Timer _timer;
    private Dictionary<ulong, Dictionary<string, ulong>> _pending = [];
    private long _bytes;
    private long _flushed;

    internal Receipts(Topics topics, ulong origin, Connection connection)
    {
        (_topics, _origin, _connection) = (topics, origin, connection);
        _timer = new Timer(_ => Flush(), null, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>A message has come, whatever became of it.</summary>
    internal void Add(ulong publisher, string name, ulong sequence, long bytes)
    {
        bool isFirst, isTime;
        lock (_gate)
        {
            isFirst = _pending.Count == 0;
            if (!_pending.TryGetValue(publisher, out Dictionary<string, ulong>? entries))
            {
                _pending.Add(publisher, entries = new Dictionary<string, ulong>(StringComparer.Ordinal));
            }

            entries[name] = Math.Max(sequence, entries.GetValueOrDefault(name)); // of the other lane one may come late
            _bytes += bytes;
            isTime = _bytes >= HalfWindow || MonotonicClock.Now - _flushed > Delay * MonotonicClock.Millisecond;
        }

        if (isTime)
        {
            Flush();
        }
        else if (isFirst)
        {
            _timer.Change(TimerDelay, Timeout.Infinite);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Flush()
    {
        Dictionary<ulong, Dictionary<string, ulong>> pending;
        lock (_gate)
        {
            pending = _pending;
            _pending = [];
            _bytes = 0;
            _flushed = MonotonicClock.Now;
        }

        foreach ((ulong publisher, Dictionary<string, ulong> entries) in pending)
        {
            _ = SendAsync(publisher, entries);
        }
    }

    private async Task SendAsync(ulong publisher, Dictionary<string, ulong> entries)
    {
        var payload = new ArrayBufferWriter<byte>(64);
        Receipt.Write(payload, _origin, entries);

        // One that is lost with the connection is not missed: the publisher sends again on the next.
        await _connection.SendAsync(
            new MqttPublishPacket { Topic = _topics.Receipt(publisher), Payload = new ReadOnlySequence<byte>(payload.WrittenMemory) },
            CancellationToken.None).ConfigureAwait(false);
    }
}
