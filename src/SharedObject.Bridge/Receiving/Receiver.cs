using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.Extensions.Logging;
using MQTTnet.Packets;
using SharedObjects.Bridging.Logging;
using SharedObjects.Bridging.Peers;
using SharedObjects.Bridging.Settings;
using SharedObjects.Bridging.Wire;
using SharedObjects.Objects;
using SharedObjects.Sync;
using SharedObjects.Waiting;
using SharedObjects.Wire;

namespace SharedObjects.Bridging.Receiving;

/// <summary>Takes in the values of other hosts' objects: checks them as one checks what strangers send, and writes them into segments here.</summary>
internal sealed class Receiver : IDisposable
{
    // Objects of one prefix at one host; the rest would be somebody who makes up names.
    private const int MaxObjects = 10_000;

    // Of a lock: milliseconds. Of memory: somebody must first make room.
    private const long FirstLockedDelay = MonotonicClock.Millisecond, LongestLockedDelay = 20 * MonotonicClock.Millisecond;
    private const long FirstSystemDelay = 50 * MonotonicClock.Millisecond, LongestSystemDelay = 1000 * MonotonicClock.Millisecond;

    // A dict of 64 MiB can have tens of millions of items of no size, each of which would cost a hundred bytes here.
    private const int MaxParts = 100_000;

    private readonly BridgeSettings _settings;
    private readonly ulong _origin;
    private readonly PeerTable _peers;
    private readonly Complaints _complaints;
    private readonly ILogger _logger;
    private readonly Receipts _receipts;
    private readonly Unpacker[] _unpackers = [new(), new()];
    private readonly ConcurrentDictionary<string, ReceivedObject> _objects = new(StringComparer.Ordinal);
    private readonly Lock _retryGate = new();
    private readonly PriorityQueue<ReceivedObject, long> _retries = new();
    private readonly Timer _retryTimer;
    private long _refused;
    private volatile bool _ended;

    internal Receiver(BridgeSettings settings, ulong origin, PeerTable peers, Complaints complaints, ILogger logger, Receipts receipts)
    {
        (_settings, _origin, _peers, _complaints, _logger, _receipts) = (settings, origin, peers, complaints, logger, receipts);
        _retryTimer = new Timer(_ => RetryDue(), null, Timeout.Infinite, Timeout.Infinite);
    }

    internal ICollection<ReceivedObject> All => _objects.Values;

    /// <summary>How many messages were refused that belong to no object.</summary>
    internal long Refused => Interlocked.Read(ref _refused);

    /// <summary>Takes in a message for an object of this name. From the thread that reads the lane.</summary>
    internal void OnMessage(LaneKind lane, string name, MqttPublishPacket message)
    {
        if (message.Payload.IsEmpty && message.UserProperties is null or { Count: 0 })
        {
            return; // somebody has cleared what is kept by hand; what is here stays
        }

        if (Envelope.Parse(message.UserProperties, message.Payload.Length, out string? problem) is not { } envelope)
        {
            Refuse(message.Topic, problem!);
            return;
        }

        if (envelope.Origin == _origin)
        {
            return; // a broker that does not know NoLocal
        }

        if (message.Payload.IsEmpty)
        {
            OnCleared(name, envelope);
            return;
        }

        if (Find(name) is { } item)
        {
            Take(lane, item, envelope, message);
        }
        else
        {
            Refuse(message.Topic, $"there are {MaxObjects} objects already");
        }

        // Of messages that are refused, too: their publisher is not to wait for what will not come. And not before the value is here: it may be sent at once.
        _receipts.Add(envelope.Origin, name, envelope.Sequence, message.Payload.Length);
    }

    private void Take(LaneKind lane, ReceivedObject item, in Envelope envelope, MqttPublishPacket message)
    {
        lock (item.Gate)
        {
            if (!IsNewest(item, envelope, isStored: message.Retain))
            {
                return;
            }

            if (Check(lane, item, envelope, message, out string? problem) is not { } value)
            {
                item.Traffic.Refuse();
                item.Problem = problem;
                Say(message.Topic, problem!);
                return;
            }

            item.Origin = envelope.Origin;
            item.Sequence = envelope.Sequence;
            item.IsReleased = false;
            item.Traffic.Crossed(message.Payload.Length, MonotonicClock.Now);
            if (envelope.Mtime == item.Mtime && item.IsHere && envelope.Mtime != 0 && item.Raw is not null)
            {
                return; // the value that is here already, sent again: after a reconnect, say
            }

            if (item.Pending is not null)
            {
                item.Traffic.Supersede();
            }

            item.Mtime = envelope.Mtime;
            item.IsStored = message.Retain;
            item.IsHere = false;
            Apply(item, value);
        }
    }

    public void Dispose()
    {
        _ended = true;
        _retryTimer.Dispose();
        foreach (ReceivedObject item in _objects.Values)
        {
            item.Dispose();
        }
    }

    /// <summary>Refuses a message that belongs to no object.</summary>
    internal void Refuse(string topic, string problem)
    {
        Interlocked.Increment(ref _refused);
        Say(topic, problem);
    }

    private void Say(string topic, string problem) => _complaints.Say(topic, problem, () => Log.Refused(_logger, Printable(topic), problem));

    private ReceivedObject? Find(string name) =>
        _objects.TryGetValue(name, out ReceivedObject? item) ? item
        : _objects.Count >= MaxObjects ? null
        : _objects.GetOrAdd(name, static (name, settings) => new ReceivedObject(name, settings.MaxSizeOf(name)), _settings);

    /// <summary>Whether a message is the newest of its object, and of the publisher that counts.</summary>
    private bool IsNewest(ReceivedObject item, in Envelope envelope, bool isStored)
    {
        if (envelope.Origin == item.Origin)
        {
            return envelope.Sequence > item.Sequence; // else of the other lane, or of somebody who repeats messages
        }

        // Where two publish it, they settle who goes on by the same rule, and that one's value is what the broker keeps: one that it has kept is of
        // whoever has the object now, though we may not have been there when the other released it.
        return isStored || item.IsReleased || !(_peers.TryGet(item.Origin, out Peer? current) && _peers.TryGet(envelope.Origin, out Peer? other) && Peer.GoesBefore(current.Rank, other.Rank));
    }

    /// <summary>The bytes of a value that can be written here; null if it is refused.</summary>
    private ReadOnlyMemory<byte>? Check(LaneKind lane, ReceivedObject item, in Envelope envelope, MqttPublishPacket message, out string? problem)
    {
        if (envelope.Length > item.MaxSize)
        {
            problem = $"the object has {envelope.Length} bytes, and at most {item.MaxSize} are taken in. Raise MaxSize or MaxSizes if it is to cross";
            return null;
        }

        ReadOnlyMemory<byte> value = message.Payload.IsSingleSegment ? message.Payload.First : message.Payload.ToArray();
        if (envelope.IsCompressed)
        {
            byte[]? unpacked = _unpackers[(int)lane].TryUnpack(value.Span, (int)envelope.Length);
            if (unpacked is null)
            {
                problem = $"it can't be decompressed to the {envelope.Length} bytes that it says";
                return null;
            }

            value = unpacked;
        }

        ReadOnlySpan<byte> bytes = value.Span;
        bool isKnown = item.Layout is { } known && !item.MustParse && known.BufferSize == bytes.Length && known.FixedParts.Match(bytes);
        if (!isKnown)
        {
            if (RawBytes.Parse(bytes, out problem, MaxParts) is not { } layout)
            {
                return null;
            }

            item.Layout = layout;
            item.LayoutHash = layout.FixedParts.Hash(layout.BufferSize);
            item.MustParse = RawBytes.IsDynamic(bytes) || CanCount(layout.Value);
        }

        if (envelope.LayoutHash != item.LayoutHash)
        {
            problem = "the hash of its layout is another one than it says";
            return null;
        }

        problem = null;
        return value;
    }

    private static bool CanCount(ValueLayout layout) => layout switch
    {
        SequenceLayout => true,
        DictLayout dict => dict.Items.Any(item => CanCount(item.Value)),
        _ => false,
    };

    /// <summary>Writes a value now, or keeps it until that is possible. The caller has the gate.</summary>
    private void Apply(ReceivedObject item, ReadOnlyMemory<byte> value)
    {
        item.Pending = null;
        long delay;
        try
        {
            if (TryWrite(item, value.Span, out bool isObstructed))
            {
                item.IsHere = true;
                if (item.Tries > 0 && _complaints.TryForget(item.Name, nameof(Log.NoRoom)))
                {
                    Log.RoomAgain(_logger, item.Name);
                }

                item.Tries = 0;
                return;
            }

            (long first, long longest) = isObstructed ? (FirstSystemDelay, LongestSystemDelay) : (FirstLockedDelay, LongestLockedDelay);
            delay = Math.Min(first << Math.Min(item.Tries, 10), longest);
        }
        catch (SharedSystemException e)
        {
            item.Problem = e.Message;
            _complaints.Say(item.Name, nameof(Log.NoRoom), () => Log.NoRoom(_logger, item.Name, e.Message));
            delay = Math.Min(FirstSystemDelay << Math.Min(item.Tries, 10), LongestSystemDelay);
        }
        catch (SharedObjectException e)
        {
            Obstruct(item, e.Message); // what has the name here is no object, or was cut short
            delay = Math.Min(FirstSystemDelay << Math.Min(item.Tries, 10), LongestSystemDelay);
        }

        item.Tries++;
        item.Pending = value;
        if (!item.IsRetrying && !_ended)
        {
            item.IsRetrying = true;
            lock (_retryGate)
            {
                _retries.Enqueue(item, MonotonicClock.Now + delay);
                SetTimer();
            }
        }
    }

    /// <summary>Writes a value into its segment, which is made if there is none.</summary>
    /// <param name="item">The object.</param>
    /// <param name="value">Its bytes.</param>
    /// <param name="isObstructed">Whether another object has the name.</param>
    /// <returns>False if it can't be written now: the lock is not free, or the name is not.</returns>
    private bool TryWrite(ReceivedObject item, ReadOnlySpan<byte> value, out bool isObstructed)
    {
        isObstructed = false;
        while (true)
        {
            if (item.Raw is null)
            {
                item.Raw = RawObject.TryOpen(item.Name, SharedObjectOptions.Default);
                item.Stamp = 0;
                if (item.Raw is null)
                {
                    return TryMake(item, value);
                }
            }

            if (item.Mtime == 0)
            {
                return true; // never assigned there: written here, it would be news, and fire a trigger
            }

            if (item.IsStored && ReferenceEquals(item.Layout!.Value, ValueLayout.None))
            {
                return true; // a trigger of who knows when, which the broker has kept: this host had it then, or was not there
            }

            switch (item.Raw.TryWrite(value, item.Stamp, out ulong stamp, out bool isForeign))
            {
                case RawWrite.Written:
                    item.Stamp = stamp;
                    item.Problem = isForeign ? "a program of this host writes it, too. What that writes stays here, and is overwritten" : null;
                    if (isForeign)
                    {
                        _complaints.Say(item.Name, nameof(Log.ForeignWriter), () => Log.ForeignWriter(_logger, item.Name));
                    }

                    return true;
                case RawWrite.Locked:
                    return false;
                case RawWrite.OtherLayout when !item.IsOurs:
                    isObstructed = true;
                    Obstruct(item, $"there is a {item.Raw.Layout} of this name here, which this bridge has not made, and what comes is a {(RawBytes.IsDynamic(value) ? "dynamic object" : item.Layout)}. Remove it (sharedobj rm), or give one of the two another name");
                    return false;
                case RawWrite.OtherLayout:
                    SharedObject.Unlink(item.Name);
                    break;
            }

            item.Raw.Dispose();
            item.Raw = null;
        }
    }

    private bool TryMake(ReceivedObject item, ReadOnlySpan<byte> value)
    {
        ulong stamp = item.Mtime == 0 ? 0 : StampClock.Next();
        item.Raw = RawObject.TryMake(item.Name, SharedObjectOptions.Default, item.Layout!, value, stamp);
        if (item.Raw is null)
        {
            return false; // somebody is just making it
        }

        if (!item.IsOurs)
        {
            Log.Made(_logger, item.Name, _peers.TryGet(item.Origin, out Peer? peer) ? Printable(peer.Presence.Host) : Topics.Hex(item.Origin));
        }

        item.IsOurs = true;
        item.Stamp = stamp;
        item.Problem = null;
        return true;
    }

    /// <summary>Another object has the name: the newest value waits until it is out of the way.</summary>
    private void Obstruct(ReceivedObject item, string problem)
    {
        if (item.Problem != problem)
        {
            item.Traffic.Refuse();
            Say(item.Name, problem);
        }

        item.Problem = problem;
        item.Raw?.Dispose();
        item.Raw = null;
    }

    /// <summary>An object was removed at its origin, or is not published from there any more, or has moved to the other lane.</summary>
    private void OnCleared(string name, in Envelope envelope)
    {
        if (envelope.Clears == ClearKind.Moved || !_objects.TryGetValue(name, out ReceivedObject? item))
        {
            return;
        }

        lock (item.Gate)
        {
            if (envelope.Origin != item.Origin || !IsNewest(item, envelope, isStored: false))
            {
                return;
            }

            item.Sequence = envelope.Sequence;
            item.IsReleased = true;
            if (envelope.Clears == ClearKind.Released)
            {
                return;
            }

            bool remove = _settings.ClearRemoved && item is { IsOurs: true, Raw.Link: SegmentLink.Linked };
            if (remove)
            {
                SharedObject.Unlink(name);
                item.IsOurs = false;
            }

            item.Pending = null;
            item.Raw?.Dispose();
            item.Raw = null;
            item.Mtime = 0;
            item.Problem = "it was removed at its origin";
            Log.RemovedAtOrigin(_logger, name, remove ? ", and so here" : "");
        }
    }

    private void RetryDue()
    {
        while (true)
        {
            ReceivedObject item;
            lock (_retryGate)
            {
                if (_ended || !_retries.TryPeek(out item!, out long due))
                {
                    return;
                }

                if (due > MonotonicClock.Now)
                {
                    SetTimer();
                    return;
                }

                _retries.Dequeue();
            }

            lock (item.Gate)
            {
                item.IsRetrying = false;
                if (item.Pending is { } value)
                {
                    Apply(item, value);
                }
            }
        }
    }

    private void SetTimer()
    {
        if (!_ended && _retries.TryPeek(out _, out long due))
        {
            _retryTimer.Change(Math.Max((due - MonotonicClock.Now + MonotonicClock.Millisecond - 1) / MonotonicClock.Millisecond, 0), Timeout.Infinite);
        }
    }

    private static string Printable(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
}
