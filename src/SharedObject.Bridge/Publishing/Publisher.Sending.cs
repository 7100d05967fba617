using System;
using System.Buffers;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using SharedObjects.Bridging.Logging;
using SharedObjects.Bridging.Wire;
using SharedObjects.Objects;
using SharedObjects.Waiting;

namespace SharedObjects.Bridging.Publishing;

/// <content>Reading an object when it is its turn, and sending what was read.</content>
internal sealed partial class Publisher
{
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
            if (item.Size != size)
            {
                item.Size = size;
                item.PeersVersion = -1; // another size, and so perhaps others who take it
            }

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
            isConnected = lane.IsConnected && !item.IsRemoved;
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
            lock (_gate)
            {
                if (!item.IsRemoved || _objects.ContainsKey(item.Name))
                {
                    return;
                }

                _toClear[(lane.Kind, item.Name)] = Stays(item);
            }

            await ClearAsync(lane, item.Name).ConfigureAwait(false); // again: it may have gone ahead of this value
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
            item.Problem = null;
        }

        return true;
    }

    /// <summary>An object has got a size of the other lane: what the broker has of it on this one must not be found beside it.</summary>
    private async ValueTask MoveAsync(SendLane lane, PublishedObject item)
    {
        SendLane other = _lanes[(int)Lanes.Other(lane.Kind)];
        lock (_gate)
        {
            if (item.IsRemoved)
            {
                return;
            }

            LandAll(item);
            item.Lane = other;
            item.IsQueued = false; // there may be a place for it in this lane's queue, by a value that came while this one was read
            item.IsDirty = !item.HasYielded;
            _toClear.Remove((other.Kind, item.Name));
            _toClear[(lane.Kind, item.Name)] = false;
        }

        await ClearAsync(lane, item.Name).ConfigureAwait(false);
        lock (_gate)
        {
            TryQueue(item);
        }

        Send(other);
    }

    /// <summary>Of a lane that has just been connected: says all of which nothing could be said before.</summary>
    private async Task ClearAllAsync(SendLane lane)
    {
        string[] names;
        lock (_gate)
        {
            names = [.. _toClear.Keys.Where(clear => clear.Lane == lane.Kind).Select(clear => clear.Name)];
        }

        foreach (string name in names)
        {
            await ClearAsync(lane, name).ConfigureAwait(false);
        }
    }

    /// <summary>Clears the retained message of an object that has gone from a lane, or says that it has; if that can't be sent now, the next connection does.</summary>
    private async Task ClearAsync(SendLane lane, string name)
    {
        MqttPublishPacket packet;
        lock (_gate)
        {
            if (!_toClear.TryGetValue((lane.Kind, name), out bool stays))
            {
                return; // it is there again
            }

            ClearKind kind = _objects.ContainsKey(name) ? ClearKind.Moved : stays ? ClearKind.Released : ClearKind.Removed;
            packet = new MqttPublishPacket
            {
                Topic = _topics.Object(lane.Kind, name),
                Retain = !stays,
                UserProperties = new EnvelopeWriter(_origin).WriteClear(++_sequence, kind),
            };
        }

        if (!await lane.Connection.SendAsync(packet, CancellationToken.None).ConfigureAwait(false))
        {
            return;
        }

        lock (_gate)
        {
            if (_toClear.Remove((lane.Kind, name)) || !_objects.TryGetValue(name, out PublishedObject? item) || item.Lane != lane)
            {
                return;
            }

            item.IsDirty = true; // it has come back meanwhile, and its value may have been cleared
            item.IsFresh = false;
            TryQueue(item);
        }

        Send(lane);
    }

    private void Refuse(PublishedObject item, string problem)
    {
        item.Traffic.Refuse();
        item.Problem = problem;
        _complaints.Say(item.Name, problem, () => Log.NotPublished(_logger, item.Name, problem));
    }
}
