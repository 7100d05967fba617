using System;
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
internal sealed partial class Publisher : IDisposable
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
    private readonly Dictionary<(LaneKind Lane, string Name), bool> _toClear = []; // with whether the broker's copy stays, and only who has it is to be said
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
        SendLane other = _lanes[(int)Lanes.Other(item.Lane.Kind)];
        lock (_gate)
        {
            _objects.Add(name, item);
            _toClear.Remove((item.Lane.Kind, name));
            _toClear[(other.Kind, name)] = false; // of a bridge before this one, when the object had another size
            item.IsDirty = true; // in the same step: a connection that is made just now sends it, too
            TryQueue(item);
        }

        Log.Publishing(_logger, name);
        _observe(ClearAsync(other, name));
        Send(item.Lane);
        item.Watch(Changed, _observe);
    }

    /// <summary>An object is not here any more.</summary>
    internal void Remove(PublishedObject item)
    {
        lock (_gate)
        {
            _objects.Remove(item.Name);
            item.IsRemoved = true;
            item.IsQueued = false;
            LandAll(item);
            _toClear[(item.Lane.Kind, item.Name)] = Stays(item);
        }

        item.Dispose();
        Log.Removed(_logger, item.Name);
        _observe(ClearAsync(item.Lane, item.Name));
    }

    /// <summary>Whether what the broker has of an object stays there when that is removed here.</summary>
    private bool Stays(PublishedObject item) => !_settings.ClearRemoved || item.HasYielded;

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
        _observe(Task.Run(() => ClearAllAsync(_lanes[(int)lane])));
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
            // This thread reads the swift lane: an image is not to be copied on it, and sent.
            if (lane.Kind == LaneKind.Swift)
            {
                Send(lane);
            }
            else if (lane.HasReady)
            {
                ThreadPool.UnsafeQueueUserWorkItem(Send, lane, preferLocal: false);
            }
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
        if (!item.IsDirty || item.IsQueued || item.HasYielded || item.IsRemoved || !item.Lane.IsConnected || _ended)
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
            long wait = Math.Clamp((due - now + MonotonicClock.Millisecond - 1) / MonotonicClock.Millisecond, 0, int.MaxValue);
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
            item.Lane.Landed(flight, now, isConfirmed && item.Window.HasReceivers);
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
            item.Lane.Landed(flight, 0, isReceived: false);
        }

        item.Window.Clear();
    }
}
