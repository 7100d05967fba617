using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using SharedObjects.Bridging.Logging;
using SharedObjects.Bridging.Peers;
using SharedObjects.Bridging.Settings;
using SharedObjects.Bridging.Wire;
using SharedObjects.Interop;
using SharedObjects.Objects;
using SharedObjects.Waiting;

namespace SharedObjects.Bridging.Publishing;

/// <summary>Sends the newest values of this host's objects.</summary>
/// <remarks>
/// Nothing that waits is a value: what waits is an object, in a lane's queue or until its window has room, and its value is read when it is its
/// turn. One gate for all of it: what is done under it takes microseconds, and never waits.
/// </remarks>
internal sealed class Publisher : IDisposable
{
    private const long FirstLockedDelay = MonotonicClock.Millisecond, LongestLockedDelay = 20 * MonotonicClock.Millisecond;
    private const long FirstResendDelay = 1000 * MonotonicClock.Millisecond, LongestResendDelay = 30_000 * MonotonicClock.Millisecond;

    private const int PacketOverhead = 2048; // topic and properties; a name has at most 255 bytes, a prefix 1000 characters

    private static readonly TimeSpan s_longestStop = TimeSpan.FromSeconds(1); // an image on a slow link

    private readonly Lock _gate = new();
    private readonly BridgeSettings _settings;
    private readonly Topics _topics;
    private readonly ulong _origin;
    private readonly ulong _since;
    private readonly PeerTable _peers;
    private readonly Complaints _complaints;
    private readonly ILogger _logger;
    private readonly SendLane[] _lanes;
    private readonly Action<Task> _observe;
    private readonly Timer[] _timers;
    private readonly Dictionary<string, PublishedObject> _objects = new(StringComparer.Ordinal);
    private readonly HashSet<(LaneKind Lane, string Name)> _toClear = [];
    private ulong _sequence;
    private bool _ended;

    internal Publisher(
        BridgeSettings settings, Topics topics, ulong origin, ulong since, PeerTable peers, Complaints complaints, ILogger logger, SendLane[] lanes, Action<Task> observe)
    {
        (_settings, _topics, _origin, _since, _peers, _complaints, _logger, _lanes) = (settings, topics, origin, since, peers, complaints, logger, lanes);
        _observe = observe;
        _timers = [.. lanes.Select(lane => new Timer(_ => OnDue(lane), null, Timeout.Infinite, Timeout.Infinite))];
    }

    /// <summary>The objects that go out, at this moment.</summary>
    internal PublishedObject[] All
    {
        get
        {
            lock (_gate)
            {
                return [.. _objects.Values];
            }
        }
    }

    /// <summary>Whether an object of this name goes out.</summary>
    internal bool Has(string name)
    {
        lock (_gate)
        {
            return _objects.ContainsKey(name);
        }
    }

    /// <summary>An object was found: its values go out from now on.</summary>
    internal void Add(string name, RawObject raw)
    {
        var item = new PublishedObject(name, raw, _settings, _lanes[(int)Lanes.Of(raw.Layout.BufferSize)]);
        lock (_gate)
        {
            _objects.Add(name, item);
            _toClear.RemoveWhere(clear => clear.Name == name);
            item.IsDirty = true; // in the same step: a connection that is made just now sends it, too
            TryQueue(item);
        }

        Log.Publishing(_logger, name);
        Send(item.Lane);
        item.Watch(Changed, _observe);
    }

    /// <summary>An object is not here any more.</summary>
    internal void Remove(PublishedObject item)
    {
        lock (_gate)
        {
            _objects.Remove(item.Name);
            LandAll(item);
            if (_settings.ClearRemoved)
            {
                _toClear.Add((item.Lane.Kind, item.Name));
            }
        }

        item.Dispose();
        Log.Removed(_logger, item.Name);
        if (_settings.ClearRemoved)
        {
            _observe(ClearAsync(item.Lane));
        }
    }

    /// <summary>Of a lane that has just been connected: everything is sent again, as the broker may have lost it.</summary>
    internal void OnConnected(LaneKind lane)
    {
        lock (_gate)
        {
            SendLane connected = _lanes[(int)lane];
            connected.Clear();
            connected.IsConnected = true;
            foreach (PublishedObject item in _objects.Values.Where(item => item.Lane == connected))
            {
                item.Window.Clear();
                item.IsQueued = false;
                item.IsDirty = true;
                item.IsFresh = false;
                TryQueue(item);
            }
        }

        // Not on this thread, which is to read the answers.
        _observe(Task.Run(() => ClearAsync(_lanes[(int)lane])));
        _observe(Task.Run(() => Send(_lanes[(int)lane])));
    }

    internal void OnDisconnected(LaneKind lane)
    {
        lock (_gate)
        {
            _lanes[(int)lane].IsConnected = false;
        }
    }

    internal void OnAcknowledged(LaneKind lane, MqttPubAckPacket acknowledgement)
    {
        SendLane on = _lanes[(int)lane];
        PublishedObject? refused = null;
        lock (_gate)
        {
            long now = MonotonicClock.Now;
            PublishedObject? item = on.Acknowledge(acknowledgement.PacketIdentifier, (confirmed, sequence) =>
            {
                confirmed.Window.BrokerHas(sequence);
                Land(confirmed, now);
            });
            if (acknowledgement.ReasonCode >= MqttPubAckReasonCode.UnspecifiedError)
            {
                refused = item;
            }
            else if (item is not null)
            {
                item.Problem = null;
            }
        }

        if (refused is not null)
        {
            Refuse(refused, $"the broker refuses it: {acknowledgement.ReasonCode}. Look at what it lets this user publish");
        }

        Send(on);
    }

    /// <summary>A receiver has had values of ours.</summary>
    internal void OnReceipt(ulong receiver, List<KeyValuePair<string, ulong>> entries)
    {
        if (!_peers.TryGet(receiver, out _))
        {
            return;
        }

        lock (_gate)
        {
            long now = MonotonicClock.Now;
            foreach ((string name, ulong sequence) in entries)
            {
                if (_objects.TryGetValue(name, out PublishedObject? item))
                {
                    item.Window.Receipt(receiver, sequence);
                    Land(item, now);
                }
            }
        }

        foreach (SendLane lane in _lanes)
        {
            Send(lane);
        }
    }

    /// <summary>
    /// Sends nothing more. To be over before this bridge says that it goes: whoever takes its objects over then would be answered by it, as
    /// the one that was there before, and its value would stay.
    /// </summary>
    internal async Task StopAsync()
    {
        lock (_gate)
        {
            _ended = true;
        }

        long until = MonotonicClock.In(s_longestStop);
        while (IsSending() && MonotonicClock.Now < until)
        {
            await Task.Delay(1).ConfigureAwait(false);
        }

        bool IsSending()
        {
            lock (_gate)
            {
                return _lanes.Any(lane => lane.IsSending);
            }
        }
    }

    /// <summary>Another bridge has published an object that this one publishes: one of the two goes on.</summary>
    internal void OnForeign(string name, ulong origin)
    {
        PublishedObject? item;
        Peer? peer;
        lock (_gate)
        {
            if (_ended || !_objects.TryGetValue(name, out item) || (item.HasYielded && item.Rival == origin))
            {
                return;
            }

            if (!_peers.TryGet(origin, out peer))
            {
                item.Suspect = origin; // who it is comes on the other lane
                return;
            }

            item.Rival = origin;
            if (Peer.GoesBefore(peer.Rank, (_since, _origin)))
            {
                item.HasYielded = true;
                item.IsDirty = false;
                item.Conflict = $"host '{peer.Presence.Host}' publishes it, too, and was there before. It is not published from here as long as that is: take it out of Publish on one side";
            }
            else
            {
                item.Conflict = $"host '{peer.Presence.Host}' publishes it, too; this one was there before, and goes on. Take it out of Publish on one side";
                item.IsDirty = true; // what the other has sent is not to stay
                item.IsFresh = false;
                TryQueue(item);
            }
        }

        _complaints.Say(name, "conflict" + peer.Origin, () => Log.Conflict(_logger, name, peer.Presence.Host, item.Conflict!));
        Send(item.Lane);
    }

    /// <summary>A bridge is there, or has gone.</summary>
    internal void OnPeersChanged(ulong came = 0, ulong gone = 0)
    {
        List<PublishedObject> ours = [];
        string[] contested;
        lock (_gate)
        {
            long now = MonotonicClock.Now;
            foreach (PublishedObject item in _objects.Values)
            {
                if (gone != 0 && item.Rival == gone)
                {
                    if (item.HasYielded)
                    {
                        ours.Add(item);
                        item.IsDirty = true;
                        item.IsFresh = false;
                    }

                    ForgetRival(item);
                }

                Land(item, now);
                TryQueue(item);
            }

            contested = came == 0 ? [] : [.. _objects.Values.Where(item => item.Suspect == came).Select(item => item.Name)];
        }

        foreach (PublishedObject item in ours)
        {
            Log.ConflictEnded(_logger, item.Name);
        }

        foreach (string name in contested)
        {
            OnForeign(name, came);
        }

        foreach (SendLane lane in _lanes)
        {
            Send(lane);
        }
    }

    /// <summary>The connection was lost by which one hears of other bridges: whether a rival is there still, the next one shows.</summary>
    internal void OnPeersLost()
    {
        lock (_gate)
        {
            foreach (PublishedObject item in _objects.Values)
            {
                item.IsDirty |= item.HasYielded;
                ForgetRival(item);
            }
        }

        OnPeersChanged();
    }

    private static void ForgetRival(PublishedObject item)
    {
        item.Rival = 0;
        item.Suspect = 0;
        item.HasYielded = false;
        item.Conflict = null;
    }

    /// <summary>Looks after those who are waited for in vain; ten times a second.</summary>
    internal void Tick()
    {
        lock (_gate)
        {
            long now = MonotonicClock.Now;
            foreach (PublishedObject item in _objects.Values)
            {
                Land(item, now);
                if (!item.IsDirty && item.Window.Last != 0 && item.Window.Confirmed < item.Window.Last && now >= item.ResendAt)
                {
                    // The newest value, which nothing follows: a message to a receiver (QoS 0) may have been dropped by the broker.
                    item.IsDirty = true;
                    item.IsFresh = false;
                    item.ResendDelay = Math.Min(item.ResendDelay * 2, LongestResendDelay);
                }

                TryQueue(item);
            }
        }

        foreach (SendLane lane in _lanes)
        {
            Send(lane);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
        }

        foreach (Timer timer in _timers)
        {
            timer.Dispose();
        }

        foreach (PublishedObject item in All)
        {
            item.Dispose();
        }
    }

    /// <summary>An object has a new value.</summary>
    private void Changed(PublishedObject item)
    {
        lock (_gate)
        {
            if (item.IsDirty)
            {
                item.Traffic.Supersede();
            }

            item.IsDirty = !item.HasYielded;
            item.IsFresh = true;
            TryQueue(item);
        }

        // On this thread, which the value's writer has just woken; but not what takes so long that other objects' values would be noticed late.
        if (item.Lane.Kind == LaneKind.Swift && !item.IsCompressed)
        {
            Send(item.Lane, isBrief: true);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(Send, item.Lane, preferLocal: false);
        }
    }

    /// <summary>Puts an object in its lane's queue, if there is something to send and it may be sent.</summary>
    private void TryQueue(PublishedObject item)
    {
        if (!item.IsDirty || item.IsQueued || item.HasYielded || !item.Lane.IsConnected || _ended)
        {
            return;
        }

        long now = MonotonicClock.Now;
        if (now < item.NotBefore)
        {
            if (!item.IsScheduled)
            {
                item.IsScheduled = true;
                item.Lane.EnqueueLater(item);
                SetTimer(item.Lane, now);
            }

            return;
        }

        if (!item.Window.IsFull(now, item.Lane.BestRoundTrip))
        {
            item.IsQueued = true;
            item.Lane.Enqueue(item);
        }
    }

    private void SetTimer(SendLane lane, long now)
    {
        if (lane.NextDue is { } due)
        {
            // Whole milliseconds, and not too early: the loop would spin.
            long wait = Math.Max((due - now + MonotonicClock.Millisecond - 1) / MonotonicClock.Millisecond, 0);
            _timers[(int)lane.Kind].Change(wait, Timeout.Infinite);
        }
    }

    private void OnDue(SendLane lane)
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            long now = MonotonicClock.Now;
            while (lane.TryTakeDue(now, out PublishedObject item))
            {
                item.IsScheduled = false;
                TryQueue(item);
            }

            SetTimer(lane, now);
        }

        Send(lane);
    }

    /// <summary>Takes off what is confirmed, or was waited for long enough, and lets the next value go.</summary>
    private void Land(PublishedObject item, long now)
    {
        if (item.PeersVersion != _peers.Version)
        {
            item.PeersVersion = _peers.Version;
            item.Window.SetReceivers([.. _peers.ReceiversOf(item.Name, item.Size).Select(peer => peer.Origin)]);
        }

        bool any = false;
        while (item.Window.TryLand(now, out Flight flight, out bool isConfirmed))
        {
            any = true;
            item.Lane.Landed(flight, now, isConfirmed);
            if (isConfirmed && flight.Stamp != 0)
            {
                double took = Math.Max((double)Posix.Now() - flight.Stamp, 0);
                item.Latency = item.Latency == 0 ? took : item.Latency + ((took - item.Latency) / 8);
            }
        }

        if (any)
        {
            TryQueue(item);
        }
    }

    private static void LandAll(PublishedObject item)
    {
        while (item.Window.TryDrop(out Flight flight))
        {
            item.Lane.Landed(flight, 0, isConfirmed: false);
        }

        item.Window.Clear();
    }

    private void Send(SendLane lane) => Send(lane, isBrief: false);

    /// <summary>Sends what is in turn on a lane, unless somebody does so already.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="isBrief">Whether this thread is to send one value, and leave those behind it to another.</param>
    private void Send(SendLane lane, bool isBrief)
    {
        PublishedObject first;
        lock (_gate)
        {
            if (_ended || lane.IsSending || !lane.TryTake(out first))
            {
                return;
            }

            lane.IsSending = true;
            first.IsQueued = false;
            first.IsDirty = false;
        }

        // On this thread, as far as it goes.
        _observe(SendAllAsync(lane, first, isBrief));
    }

    private async Task SendAllAsync(SendLane lane, PublishedObject first, bool isBrief)
    {
        PublishedObject? item = first;
        while (item is not null)
        {
            try
            {
                await SendAsync(lane, item).ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                // The object has gone from here meanwhile.
            }
            catch (SharedObjectException e)
            {
                Refuse(item, e.Message);
            }

            lock (_gate)
            {
                if (!_ended && lane.TryTake(out item!))
                {
                    item.IsQueued = false;
                    item.IsDirty = false;
                }
                else
                {
                    item = null;
                    lane.IsSending = false;
                }
            }

            if (isBrief && item is not null)
            {
                isBrief = false;
                await Task.Yield();
            }
        }
    }

    private async ValueTask SendAsync(SendLane lane, PublishedObject item)
    {
        if (!TryRead(lane, item, out int size, out ulong stamp))
        {
            return;
        }

        if (Lanes.Of(size) != lane.Kind)
        {
            await MoveAsync(lane, item).ConfigureAwait(false);
            return;
        }

        if (!TryDescribe(lane, item, size))
        {
            return;
        }

        ArraySegment<byte> payload = new(lane.Buffer, 0, size);
        int? uncompressed = null;
        if (item.IsCompressed && lane.Packer.TryPack(payload) is { } packed)
        {
            payload = packed;
            uncompressed = size;
        }

        if (payload.Count + PacketOverhead > lane.Connection.LargestPacket)
        {
            Refuse(item, $"its message has {payload.Count} bytes, and the broker takes packets of at most {lane.Connection.LargestPacket}. Raise its limit if it is to cross");
            return;
        }

        MqttPublishPacket packet = lane.Packet;
        packet.Topic = _topics.Object(lane.Kind, item.Name);
        packet.Payload = new ReadOnlySequence<byte>(payload);
        bool isConnected;
        lock (_gate)
        {
            long now = MonotonicClock.Now;
            item.Size = size;
            item.LockedTries = 0;
            item.NotBefore = now + item.Interval;
            if (item.ResendDelay == 0 || item.IsFresh)
            {
                item.ResendDelay = FirstResendDelay;
            }

            item.ResendAt = now + Math.Max(item.ResendDelay, item.Window.Patience);
            ulong sequence = ++_sequence;
            packet.UserProperties = lane.Envelopes.Write(sequence, stamp, item.LayoutProperty!, uncompressed);
            var flight = new Flight(sequence, payload.Count, now, item.IsFresh ? stamp : 0);
            isConnected = lane.IsConnected;
            if (isConnected)
            {
                item.Window.Add(flight);
                ushort id = lane.Connection.NextPacketId();
                bool asks = lane.Add(item, flight, id);
                packet.QualityOfServiceLevel = asks ? MqttQualityOfServiceLevel.AtLeastOnce : MqttQualityOfServiceLevel.AtMostOnce;
                packet.PacketIdentifier = asks ? id : (ushort)0; // MQTT 5, 2.2.1: only who asks has one
            }
        }

        if (isConnected && await lane.Connection.SendAsync(packet, CancellationToken.None).ConfigureAwait(false))
        {
            item.Traffic.Crossed(payload.Count, MonotonicClock.Now);
        }
    }

    /// <summary>Reads an object's value into the lane's buffer.</summary>
    private bool TryRead(SendLane lane, PublishedObject item, out int size, out ulong stamp)
    {
        RawRead result = item.Raw.TryRead(lane.Buffer, out size, out stamp);
        while (result == RawRead.TooLarge)
        {
            if (size > item.MaxSize)
            {
                Refuse(item, $"it has {size} bytes, and at most {item.MaxSize} are sent. Raise MaxSize or MaxSizes if it is to cross");
                return false;
            }

            result = item.Raw.TryRead(lane.BufferFor(size), out size, out stamp);
        }

        switch (result)
        {
            case RawRead.Whole when size > item.MaxSize:
                Refuse(item, $"it has {size} bytes, and at most {item.MaxSize} are sent. Raise MaxSize or MaxSizes if it is to cross");
                return false;
            case RawRead.Torn:
                item.Problem = "its value is torn: a writer died half-way through it. It goes on with the next value";
                return false;
            case RawRead.Locked:
                lock (_gate)
                {
                    // Somebody writes, or a Python process has leaked its lock.
                    item.IsDirty = true;
                    item.NotBefore = MonotonicClock.Now + Math.Min(FirstLockedDelay << Math.Min(item.LockedTries++, 10), LongestLockedDelay);
                    TryQueue(item);
                }

                return false;
            default:
                return result == RawRead.Whole;
        }
    }

    /// <summary>Finds out what the bytes that were read are: an object may have become another one.</summary>
    private bool TryDescribe(SendLane lane, PublishedObject item, int size)
    {
        ReadOnlySpan<byte> bytes = lane.Buffer.AsSpan(0, size);
        ReadOnlySpan<byte> value = RawBytes.ValueOf(bytes);
        if (item.Layout is { } known && known.BufferSize == value.Length && known.FixedParts.Match(value))
        {
            return true;
        }

        if (RawBytes.Parse(bytes, out string? problem) is not { } layout)
        {
            Refuse(item, $"it is no object of this format: {problem}");
            return false;
        }

        item.Layout = layout;
        item.LayoutProperty = EnvelopeWriter.Layout(layout.FixedParts.Hash(layout.BufferSize));
        lock (_gate)
        {
            item.PeersVersion = -1; // its size may be another, and so who takes it
            item.Problem = null;
        }

        return true;
    }

    /// <summary>An object has got a size of the other lane: what the broker has of it on this one must not be found beside it.</summary>
    private async ValueTask MoveAsync(SendLane lane, PublishedObject item)
    {
        SendLane other = _lanes[(int)Lanes.Other(lane.Kind)];
        bool wasPublished;
        lock (_gate)
        {
            wasPublished = item.Traffic.Values > 0;
            LandAll(item);
            item.Lane = other;
            item.IsDirty = !item.HasYielded;
        }

        if (wasPublished)
        {
            await lane.Connection.SendAsync(ClearPacket(lane, item.Name, isRemoved: false), CancellationToken.None).ConfigureAwait(false);
        }

        lock (_gate)
        {
            TryQueue(item);
        }

        Send(other);
    }

    /// <summary>Clears the retained messages of objects that were removed; those that can't be sent now are with the next connection.</summary>
    private async Task ClearAsync(SendLane lane)
    {
        string[] names;
        lock (_gate)
        {
            names = [.. _toClear.Where(clear => clear.Lane == lane.Kind).Select(clear => clear.Name)];
        }

        foreach (string name in names)
        {
            lock (_gate)
            {
                if (!_toClear.Contains((lane.Kind, name)))
                {
                    continue; // it is there again
                }
            }

            if (await lane.Connection.SendAsync(ClearPacket(lane, name, isRemoved: true), CancellationToken.None).ConfigureAwait(false))
            {
                lock (_gate)
                {
                    _toClear.Remove((lane.Kind, name));
                }
            }
        }
    }

    private MqttPublishPacket ClearPacket(SendLane lane, string name, bool isRemoved)
    {
        lock (_gate)
        {
            return new MqttPublishPacket
            {
                Topic = _topics.Object(lane.Kind, name),
                Retain = true,
                UserProperties = new EnvelopeWriter(_origin).WriteClear(++_sequence, isRemoved),
            };
        }
    }

    private void Refuse(PublishedObject item, string problem)
    {
        item.Traffic.Refuse();
        item.Problem = problem;
        _complaints.Say(item.Name, problem, () => Log.NotPublished(_logger, item.Name, problem));
    }
}
