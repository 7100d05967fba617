using System;
using System.Collections.Generic;
using MQTTnet.Packets;
using SharedObjects.Bridging.Connections;
using SharedObjects.Bridging.Wire;

namespace SharedObjects.Bridging.Publishing;

/// <summary>
/// What one connection has to send: the objects with a new value whose windows have room, in turns. Under the publisher's gate, but for the
/// buffers, which are its one sender's.
/// </summary>
internal sealed class SendLane(LaneKind kind, ulong origin, Connection connection)
{
    // Of all objects of the bulk lane together: two images of 1.2 MB and more. On the swift lane 64 KiB of each object are enough.
    private const int MaxBulkBytes = 4 * 1024 * 1024;
    private const int LeastValues = 2;

    // Of those that the broker lets be under way; the rest goes without asking for an answer, which costs nothing as each connection
    // delivers in order: the answer to a later one is an answer to all before it.
    private const int MostUnacknowledged = 16;

    private readonly Queue<PublishedObject> _ready = new();
    private readonly PriorityQueue<PublishedObject, long> _later = new();
    private readonly Queue<(PublishedObject Object, ulong Sequence)> _unconfirmed = new();
    private readonly Dictionary<ushort, (PublishedObject Object, ulong Sequence)> _asked = [];
    private int _flights;
    private long _flightBytes;
    private byte[] _buffer = new byte[kind == LaneKind.Swift ? Lanes.LargestSwift : 0];

    internal LaneKind Kind => kind;

    internal Connection Connection => connection;

    internal EnvelopeWriter Envelopes { get; } = new(origin);

    internal Packer Packer { get; } = new();

    /// <summary>The packet of the one sender.</summary>
    internal MqttPublishPacket Packet { get; } = new() { Retain = true };

    internal bool IsConnected { get; set; }

    /// <summary>Whether somebody sends.</summary>
    internal bool IsSending { get; set; }

    /// <summary>
    /// The shortest time of late from sending a value to its last receipt, in nanoseconds. Not to the broker's answer, where nobody else takes the value:
    /// beside a broker that is near, whoever is far away would seem to be slow.
    /// </summary>
    internal long BestRoundTrip { get; private set; }

    private bool IsFull => kind == LaneKind.Bulk && _flights >= LeastValues && _flightBytes >= MaxBulkBytes;

    internal void Enqueue(PublishedObject item) => _ready.Enqueue(item);

    /// <summary>The next object in turn, if it may be sent now.</summary>
    internal bool TryTake(out PublishedObject item)
    {
        item = null!;
        while (IsConnected && !IsFull && _ready.TryDequeue(out item!))
        {
            if (item.IsQueued && item.Lane == this)
            {
                return true;
            }
        }

        return false;
    }

    internal void EnqueueLater(PublishedObject item) => _later.Enqueue(item, item.NotBefore);

    /// <summary>The next object whose time has come.</summary>
    internal bool TryTakeDue(long now, out PublishedObject item)
    {
        if (_later.TryPeek(out item!, out long due) && due <= now)
        {
            _later.Dequeue();
            return true;
        }

        return false;
    }

    /// <summary>Whether an object waits for its turn; may be asked for without the gate.</summary>
    internal bool HasReady => _ready.Count > 0;

    /// <summary>When the next object's time comes; null if none waits for it.</summary>
    internal long? NextDue => _later.TryPeek(out _, out long due) ? due : null;

    /// <summary>A value is about to be sent: whether the broker is to be asked for an answer.</summary>
    internal bool Add(PublishedObject item, in Flight flight, ushort packetId)
    {
        _flights++;
        _flightBytes += flight.Bytes;
        _unconfirmed.Enqueue((item, flight.Sequence));
        bool asks = _asked.Count < Math.Min(MostUnacknowledged, connection.ReceiveMaximum);
        if (asks)
        {
            _asked[packetId] = (item, flight.Sequence);
        }

        return asks;
    }

    /// <param name="flight">The value, which is not under way any more.</param>
    /// <param name="now">Of the monotonic clock.</param>
    /// <param name="isReceived">Whether receivers have confirmed it.</param>
    internal void Landed(in Flight flight, long now, bool isReceived)
    {
        _flights--;
        _flightBytes -= flight.Bytes;
        if (isReceived)
        {
            long took = now - flight.SentAt;
            BestRoundTrip = BestRoundTrip == 0 || took < BestRoundTrip ? took : BestRoundTrip + ((took - BestRoundTrip) / 256);
        }
    }

    /// <summary>The broker has answered: calls back for each object of which it has confirmed values by that.</summary>
    /// <returns>The object of the message that was answered; null if it is none of ours.</returns>
    internal PublishedObject? Acknowledge(ushort packetId, Action<PublishedObject, ulong> confirmed)
    {
        if (!_asked.Remove(packetId, out (PublishedObject Object, ulong Sequence) asked))
        {
            return null;
        }

        // Nothing is asked any more: what went without asking was sent while sixteen answers were on their way, and is not waited for.
        ulong upTo = _asked.Count == 0 ? ulong.MaxValue : asked.Sequence;
        while (_unconfirmed.TryPeek(out (PublishedObject Object, ulong Sequence) next) && next.Sequence <= upTo)
        {
            _unconfirmed.Dequeue();
            confirmed(next.Object, next.Sequence);
        }

        return asked.Object;
    }

    /// <summary>Of a connection that was lost: nothing is under way, and nothing in turn.</summary>
    internal void Clear()
    {
        _ready.Clear();
        _unconfirmed.Clear();
        _asked.Clear();
        _flights = 0;
        _flightBytes = 0;
    }

    /// <summary>A place for an object of this size; the sender's.</summary>
    internal byte[] BufferFor(int size)
    {
        if (_buffer.Length < size)
        {
            _buffer = GC.AllocateUninitializedArray<byte>(size);
        }

        return _buffer;
    }

    internal byte[] Buffer => _buffer;
}
