using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using SharedObjects.Bridging.Connections;
using SharedObjects.Bridging.Logging;
using SharedObjects.Bridging.Metering;
using SharedObjects.Bridging.Peers;
using SharedObjects.Bridging.Publishing;
using SharedObjects.Bridging.Receiving;
using SharedObjects.Bridging.Settings;
using SharedObjects.Bridging.Wire;
using SharedObjects.Interop;
using SharedObjects.Memory;
using SharedObjects.Waiting;

namespace SharedObjects.Bridging;

/// <summary>One run of a bridge: two connections, what they bring, and what they take.</summary>
internal sealed class Engine : IDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);
    private const int TicksPerRate = 10;

    private readonly BridgeSettings _settings;
    private readonly ILogger _logger;
    private readonly Topics _topics;
    private readonly ulong _since = Posix.Now();
    private readonly PeerTable _peers = new();
    private readonly Complaints _complaints = new();
    private readonly Connection[] _connections;
    private readonly string?[] _problems = new string?[Lanes.Count];
    private readonly Receipts _receipts;
    private readonly Publisher _publisher;
    private readonly Receiver _receiver;
    private readonly Discovery _discovery;
    private readonly ConcurrentDictionary<string, bool>[] _watched = [new(StringComparer.Ordinal), new(StringComparer.Ordinal)]; // for other publishers
    private readonly byte[] _presence;
    private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Engine(BridgeSettings settings, ILogger logger)
    {
        (_settings, _logger) = (settings, logger);
        _topics = new Topics(settings.Prefix);
        do
        {
            Origin = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        }
        while (Origin == 0);
        _presence = new Presence(settings.Host, _since, settings.Publish, settings.Subscribe, settings.MaxSize).ToBytes();
        string id = $"sharedobjects-{Topics.Hex(Origin)}";
        _connections =
        [
            new Connection(settings, $"{id}-swift", Math.Max(Lanes.LargestSwift, 1024 * 1024), inPieces: false, _topics.Presence(Origin), new Lane(this, LaneKind.Swift)),
            new Connection(settings, $"{id}-bulk", settings.MaxSize, inPieces: true, willTopic: null, new Lane(this, LaneKind.Bulk)),
        ];
        _receipts = new Receipts(_topics, Origin, Swift);
        _publisher = new Publisher(
            settings, _topics, Origin, _since, _peers, _complaints, logger,
            [.. Enum.GetValues<LaneKind>().Select(kind => new SendLane(kind, Origin, _connections[(int)kind]))],
            Observe);
        _receiver = new Receiver(settings, Origin, _peers, _complaints, logger, _receipts);
        _discovery = new Discovery(settings, _publisher, _complaints, logger);
        _discovery.Found += WatchForOthers;
        foreach (LaneKind kind in Enum.GetValues<LaneKind>())
        {
            _connections[(int)kind].Changed += problem => OnConnectionChanged(kind, problem);
        }
    }

    internal ulong Origin { get; }

    private Connection Swift => _connections[(int)LaneKind.Swift];

    internal async Task RunAsync(CancellationToken cancellation)
    {
        // The connections outlive the rest by a moment: for goodbyes.
        using var connections = new CancellationTokenSource();
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] connected = [.. _connections.Select(connection => connection.RunAsync(connections.Token))];
        Task[] others = [_discovery.RunAsync(rest.Token), TickAsync(rest.Token)];
        await Task.WhenAny([.. connected, .. others, _failure.Task]).ConfigureAwait(false);
        await rest.CancelAsync().ConfigureAwait(false);
        await _publisher.StopAsync().ConfigureAwait(false);
        await GoodbyeAsync().ConfigureAwait(false);
        await connections.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll([.. connected, .. others]).ConfigureAwait(false);
        if (_failure.Task.IsCompleted)
        {
            await _failure.Task.ConfigureAwait(false);
        }
    }

    internal BridgeStatus Status()
    {
        long now = MonotonicClock.Now;
        bool isConnected = _connections.All(connection => connection.IsConnected);
        return new BridgeStatus
        {
            Connection = isConnected ? BridgeConnection.Connected : BridgeConnection.Connecting,
            Broker = _settings.Broker,
            Host = _settings.Host,
            Origin = Topics.Hex(Origin),
            ConnectedFor = isConnected ? Time(now - _connections.Max(connection => connection.ConnectedSince)) : null,
            Disconnects = _connections.Max(connection => connection.Disconnects),
            Problem = _connections.Select(connection => connection.Problem).FirstOrDefault(problem => problem is not null),
            Refused = _receiver.Refused,
            Peers = [.. _peers.All.Select(peer => new BridgePeer(Topics.Hex(peer.Origin), peer.Presence.Host, peer.Since)).OrderBy(peer => peer.Host, StringComparer.Ordinal)],
            Objects = [.. Objects(now).OrderBy(item => item.Name, StringComparer.Ordinal)],
        };
    }

    public void Dispose()
    {
        _discovery.Dispose();
        _publisher.Dispose();
        _receiver.Dispose();
        _receipts.Dispose();
        foreach (Connection connection in _connections)
        {
            connection.Dispose();
        }
    }

    private static TimeSpan Time(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);

    private IEnumerable<BridgedObject> Objects(long now)
    {
        foreach (PublishedObject item in _publisher.All)
        {
            yield return Of(item.Name, BridgeDirection.Publish, item.Traffic, now) with
            {
                Size = item.Size,
                Latency = item.Latency > 0 ? Time((long)item.Latency) : null,
                Origin = item.HasYielded ? Topics.Hex(item.Rival) : null,
                Problem = item.Conflict ?? item.Problem,
            };
        }

        foreach (ReceivedObject item in _receiver.All)
        {
            yield return Of(item.Name, BridgeDirection.Subscribe, item.Traffic, now) with
            {
                Size = item.Layout?.BufferSize ?? 0,
                Origin = item.Origin != 0 ? Topics.Hex(item.Origin) : null,
                Problem = item.Problem,
            };
        }

        foreach ((string name, string problem) in _discovery.Problems)
        {
            yield return new BridgedObject { Name = name, Direction = BridgeDirection.Publish, Problem = problem };
        }
    }

    private static BridgedObject Of(string name, BridgeDirection direction, Traffic traffic, long now) => new()
    {
        Name = name,
        Direction = direction,
        ValuesPerSecond = traffic.ValuesPerSecond,
        BytesPerSecond = traffic.BytesPerSecond,
        Values = traffic.Values,
        Bytes = traffic.Bytes,
        Superseded = traffic.Superseded,
        Refused = traffic.Refused,
        Age = traffic.LastAt == 0 ? null : Time(Math.Max(now - traffic.LastAt, 0)),
    };

    /// <summary>What nobody awaits ends the bridge if it fails, and not just itself.</summary>
    private void Observe(Task task)
    {
        if (!task.IsCompletedSuccessfully) // most are: a value that was sent at once
        {
            task.ContinueWith(
                static (failed, engine) => ((Engine)engine!)._failure.TrySetException(failed.Exception!.InnerExceptions),
                this,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    private async Task TickAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(s_tick);
        long measured = MonotonicClock.Now;
        try
        {
            for (int i = 1; await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false); i++)
            {
                _publisher.Tick();
                if (i % TicksPerRate == 0)
                {
                    long now = MonotonicClock.Now;
                    double seconds = (now - measured) / 1e9;
                    measured = now;
                    foreach (Traffic traffic in _publisher.All.Select(item => item.Traffic).Concat(_receiver.All.Select(item => item.Traffic)))
                    {
                        traffic.Tick(seconds);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The bridge ends.
        }
    }

    private async Task GoodbyeAsync()
    {
        await Swift.SendAsync(new MqttPublishPacket { Topic = _topics.Presence(Origin), Retain = true }, CancellationToken.None).ConfigureAwait(false);
        await Task.WhenAll(_connections.Select(connection => connection.DisconnectAsync())).ConfigureAwait(false);
    }

    private void OnConnectionChanged(LaneKind kind, string? problem)
    {
        string lane = kind.ToString().ToLowerInvariant();
        if (problem is null)
        {
            Log.Connected(_logger, _settings.Broker, lane);
        }
        else if (_problems[(int)kind] != problem)
        {
            Log.NotConnected(_logger, _settings.Broker, lane, problem);
        }

        _problems[(int)kind] = problem;
    }

    /// <summary>Subscribes to the topics of what is published here: to notice another who does so, too.</summary>
    private void WatchForOthers()
    {
        if (HearsAll)
        {
            return;
        }

        foreach (LaneKind kind in Enum.GetValues<LaneKind>())
        {
            WatchForOthers(kind);
        }
    }

    private void WatchForOthers(LaneKind kind)
    {
        foreach (string[] some in _publisher.All.Select(item => item.Name).Where(name => !_watched[(int)kind].ContainsKey(name)).Chunk(Connection.FiltersPerPacket))
        {
            Observe(WatchAsync(some));
        }

        async Task WatchAsync(string[] names)
        {
            Connection connection = _connections[(int)kind];
            ConcurrentDictionary<string, bool> watched = _watched[(int)kind];
            var packet = new MqttSubscribePacket
            {
                PacketIdentifier = connection.NextPacketId(),
                TopicFilters = [.. names.Select(name => Filter(_topics.Object(kind, name), MqttRetainHandling.DoNotSendOnSubscribe))],
            };
            if (await connection.SendAsync(packet, CancellationToken.None).ConfigureAwait(false))
            {
                Array.ForEach(names, name => watched[name] = true);
            }
        }
    }

    /// <summary>Whether there is a subscription to all objects of the prefix: a broker has no others for patterns with text beside their '*'.</summary>
    private bool HearsAll => _settings.Subscribe.Any(BridgeSettings.IsWild);

    private IEnumerable<MqttTopicFilter> Filters(LaneKind kind)
    {
        if (kind == LaneKind.Swift)
        {
            yield return Filter(_topics.AllPresences, MqttRetainHandling.SendAtSubscribe);
            yield return Filter(_topics.Receipt(Origin), MqttRetainHandling.DoNotSendOnSubscribe);
        }

        if (HearsAll)
        {
            yield return Filter(_topics.AllObjects(kind), MqttRetainHandling.SendAtSubscribe);
            yield break;
        }

        foreach (string name in _settings.Subscribe)
        {
            yield return Filter(_topics.Object(kind, name), MqttRetainHandling.SendAtSubscribe);
        }
    }

    // Not "retain as published": a message that is retained then comes without that mark when it is new, and with it when it was stored.
    private static MqttTopicFilter Filter(string topic, MqttRetainHandling retained) => new()
    {
        Topic = topic,
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtMostOnce,
        NoLocal = true,
        RetainHandling = retained,
    };

    private void OnConnected(LaneKind kind)
    {
        if (kind == LaneKind.Swift)
        {
            Observe(Swift.SendAsync(
                new MqttPublishPacket { Topic = _topics.Presence(Origin), Payload = new ReadOnlySequence<byte>(_presence), Retain = true },
                CancellationToken.None).AsTask());
        }

        _watched[(int)kind].Clear();
        if (!HearsAll)
        {
            WatchForOthers(kind);
        }

        _publisher.OnConnected(kind);
    }

    private void OnDisconnected(LaneKind kind)
    {
        _publisher.OnDisconnected(kind);
        if (kind == LaneKind.Swift)
        {
            _peers.Clear();
            _publisher.OnPeersLost();
        }
    }

    private void OnMessage(LaneKind lane, MqttPublishPacket message)
    {
        switch (_topics.KindOf(message.Topic, out ReadOnlySpan<char> rest))
        {
            case TopicKind.SwiftObject or TopicKind.BulkObject:
                OnObject(lane, rest, message);
                break;
            case TopicKind.Presence:
                OnPresence(rest, message);
                break;
            case TopicKind.Receipt when Receipt.Parse(Bytes(message), out ulong receiver) is { } entries:
                _publisher.OnReceipt(receiver, entries);
                break;
            default:
                _receiver.Refuse(message.Topic, "it is not of this version's form");
                break;
        }
    }

    private void OnObject(LaneKind lane, ReadOnlySpan<char> level, MqttPublishPacket message)
    {
        if (Topics.Decode(level) is not { } name || !SegmentName.IsName(name))
        {
            _receiver.Refuse(message.Topic, "its last level is no object's name");
            return;
        }

        bool publishes = _settings.Publishes(name), subscribes = _settings.SubscribesTo(name);
        if (subscribes && !publishes)
        {
            _receiver.OnMessage(lane, name, message);
        }
        else if (publishes && !subscribes && !message.Retain && Envelope.Parse(message.UserProperties, message.Payload.Length, out _) is { } envelope && envelope.Origin != Origin)
        {
            if (message.Payload.IsEmpty && envelope.Clears != ClearKind.Moved)
            {
                _publisher.OnReleased(name, envelope.Origin);
            }
            else
            {
                _publisher.OnForeign(name, envelope.Origin);
            }
        }
    }

    private void OnPresence(ReadOnlySpan<char> level, MqttPublishPacket message)
    {
        if (!Topics.TryParseHex(level, out ulong origin) || origin == 0)
        {
            _receiver.Refuse(message.Topic, "its last level is no bridge's number");
            return;
        }

        if (origin == Origin)
        {
            return;
        }

        if (message.Payload.IsEmpty)
        {
            if (_peers.Remove(origin) is { } gone)
            {
                Log.PeerWent(_logger, gone.Presence.Host, Topics.Hex(origin));
                _publisher.OnPeersChanged(gone: origin);
            }
        }
        else if (Presence.Parse(message.Payload) is not { } presence)
        {
            _receiver.Refuse(message.Topic, "it is no presence of a bridge");
        }
        else
        {
            bool isNew = !_peers.TryGet(origin, out _);
            if (_peers.Set(new Peer(origin, presence)))
            {
                if (isNew)
                {
                    Log.PeerCame(_logger, presence.Host, Topics.Hex(origin));
                }

                _publisher.OnPeersChanged(came: origin);
            }
        }
    }

    private static ReadOnlySpan<byte> Bytes(MqttPublishPacket message) =>
        message.Payload.IsSingleSegment ? message.Payload.FirstSpan : message.Payload.ToArray();

    /// <summary>One of the two connections, to which of them it is.</summary>
    private sealed class Lane(Engine engine, LaneKind kind) : IConnectionUser
    {
        public IReadOnlyList<MqttTopicFilter> Filters => [.. engine.Filters(kind)];

        public void OnConnected() => engine.OnConnected(kind);

        public void OnDisconnected() => engine.OnDisconnected(kind);

        public void OnMessage(MqttPublishPacket message) => engine.OnMessage(kind, message);

        public void OnAcknowledged(MqttPubAckPacket acknowledgement) => engine._publisher.OnAcknowledged(kind, acknowledgement);
    }
}
