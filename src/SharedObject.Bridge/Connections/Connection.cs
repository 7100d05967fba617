using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.LowLevelClient;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using SharedObjects.Bridging.Settings;
using SharedObjects.Waiting;

namespace SharedObjects.Bridging.Connections;

/// <summary>One connection to the broker, made again whenever it is lost.</summary>
/// <remarks>
/// On MQTTnet's low-level client, packet by packet: its full client keeps what has come in a queue without a bound, in front of a handler
/// on another thread, and has a task and a timer for each message that goes out. Here whoever sends knows when a packet has left, and
/// what has come is dealt with as it is read.
/// </remarks>
internal sealed class Connection(BridgeSettings settings, string clientId, long largestPayload, bool inPieces, string? willTopic, IConnectionUser user) : IDisposable
{
    // SYNs are repeated after 1 and 3 s: a link that comes back while we try is found within the try.
    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(6);

    // Some thirty kilobytes: brokers limit packets to more than that, if at all.
    internal const int FiltersPerPacket = 500;

    private readonly PromptStream.Provider _streams = new(ConnectionOptions.BufferSize);
    private readonly SemaphoreSlim _sending = new(1, 1);
    private volatile LowLevelMqttClient? _client;
    private long _sentAt;
    private long _receivedAt;
    private volatile string? _problem;
    private readonly HashSet<ushort> _subscribing = []; // packets of the first subscriptions without an answer yet; the reader's
    private volatile bool _isSubscribed;
    private long _connectedSince;
    private long _disconnects;
    private int _packetId;

    /// <summary>Raised with each connection that is made, lost or refused; for the log. With the problem, or null.</summary>
    internal event Action<string?>? Changed;

    internal bool IsConnected => _isSubscribed;

    /// <summary>Since when it is connected, of the monotonic clock.</summary>
    internal long ConnectedSince => Interlocked.Read(ref _connectedSince);

    internal long Disconnects => Interlocked.Read(ref _disconnects);

    /// <summary>Why there is no connection, or why the last one was lost.</summary>
    internal string? Problem => _problem;

    /// <summary>How many messages with QoS 1 the broker takes before it has acknowledged the first.</summary>
    internal int ReceiveMaximum { get; private set; } = ushort.MaxValue;

    /// <summary>The largest packet that the broker takes.</summary>
    internal uint LargestPacket { get; private set; } = uint.MaxValue;

    /// <summary>Connects, and again whenever the connection is lost, until it is cancelled. Has a thread for it.</summary>
    internal Task RunAsync(CancellationToken cancellation) =>
        Task.Factory.StartNew(() => Run(cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken cancellation)
    {
        TimeSpan delay = settings.ReconnectDelay;
        while (!cancellation.IsCancellationRequested)
        {
            bool wasConnected = false;
            try
            {
                using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                using var client = (LowLevelMqttClient)new MqttClientFactory().CreateLowLevelMqttClient();
                using CancellationTokenRegistration abort = life.Token.UnsafeRegister(static streams => ((PromptStream.Provider)streams!).Interrupt(), _streams);
                Connect(client, life);
                wasConnected = true;
                delay = settings.ReconnectDelay;
                Task alive = KeepAliveAsync(life);
                try
                {
                    Receive(client);
                }
                finally
                {
                    life.Cancel();
                    alive.GetAwaiter().GetResult();
                }
            }
            catch (Exception e) when (e is MqttCommunicationException or MqttProtocolViolationException or OperationCanceledException
                or IOException or UnauthorizedAccessException or BridgeOptionsException or ConnectionException
                or ObjectDisposedException or InvalidOperationException or System.Security.Authentication.AuthenticationException)
            {
                _problem = cancellation.IsCancellationRequested ? null : ProblemOf(e);
            }

            _isSubscribed = false;
            if (_client is not null)
            {
                _client = null;
                user.OnDisconnected();
            }

            if (cancellation.IsCancellationRequested)
            {
                return;
            }

            if (wasConnected)
            {
                Interlocked.Increment(ref _disconnects);
            }

            Changed?.Invoke(_problem ?? "it was closed");
            cancellation.WaitHandle.WaitOne(delay * (0.75 + (Random.Shared.NextDouble() / 2)));
            delay = delay + delay < settings.LongestReconnectDelay ? delay + delay : settings.LongestReconnectDelay;
        }
    }

    /// <summary>Sends a packet, and is done when all of it is with the system.</summary>
    /// <returns>False if there is no connection, or it was lost: it must be made sure elsewhere that what was to be said is said again.</returns>
    internal async ValueTask<bool> SendAsync(MqttPacket packet, CancellationToken cancellation)
    {
        return _client is { } client && await SendAsync(client, packet, cancellation).ConfigureAwait(false);
    }

    /// <summary>A number for a packet that is to be acknowledged; no other of the last 65,000 has it.</summary>
    internal ushort NextPacketId()
    {
        ushort id;
        do
        {
            id = (ushort)Interlocked.Increment(ref _packetId);
        }
        while (id == 0);
        return id;
    }

    /// <summary>Says goodbye, so that the broker does not send the will.</summary>
    internal async Task DisconnectAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await SendAsync(new MqttDisconnectPacket { ReasonCode = MqttDisconnectReasonCode.NormalDisconnection }, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It takes nothing any more; the will says the same.
        }
    }

    public void Dispose() => _sending.Dispose();

    private void Connect(LowLevelMqttClient client, CancellationTokenSource life)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(life.Token);
        using CancellationTokenRegistration abort = limit.Token.UnsafeRegister(static streams => ((PromptStream.Provider)streams!).Interrupt(), _streams);
        limit.CancelAfter(s_connectLimit);
        MqttClientOptions options = ConnectionOptions.Make(settings, clientId, largestPayload, inPieces, willTopic, _streams);
        try
        {
            client.ConnectAsync(options, limit.Token).GetAwaiter().GetResult();
            client.SendAsync(MqttConnectPacketFactory.Create(options), limit.Token).GetAwaiter().GetResult();
            if (client.ReceiveAsync(CancellationToken.None).GetAwaiter().GetResult() is not MqttConnAckPacket accepted)
            {
                throw new ConnectionException("the broker closed the connection instead of accepting it");
            }

            if (accepted.ReasonCode != MqttConnectReasonCode.Success)
            {
                throw new ConnectionException($"the broker refuses the connection: {accepted.ReasonCode}{Reason(accepted.ReasonString)}");
            }

            if (!accepted.RetainAvailable)
            {
                throw new ConnectionException("the broker keeps no retained messages, which hold the newest values");
            }

            ReceiveMaximum = accepted.ReceiveMaximum == 0 ? ushort.MaxValue : accepted.ReceiveMaximum;
            LargestPacket = accepted.MaximumPacketSize == 0 ? uint.MaxValue : accepted.MaximumPacketSize;
            _sentAt = _receivedAt = MonotonicClock.Now;
            _client = client;
            user.OnConnected();
            Subscribe(client, limit.Token);
        }
        catch (Exception) when (limit.IsCancellationRequested && !life.IsCancellationRequested)
        {
            throw new ConnectionException($"no answer within {s_connectLimit.TotalSeconds:0} s");
        }
    }

    /// <summary>Asks for the first subscriptions. The answers are read with all else: what the broker keeps comes before them, and is not to be held here.</summary>
    private void Subscribe(LowLevelMqttClient client, CancellationToken cancellation)
    {
        MqttTopicFilter[][] packets = [.. user.Filters.Chunk(FiltersPerPacket)];
        _subscribing.Clear();
        foreach (MqttTopicFilter[] filters in packets)
        {
            var packet = new MqttSubscribePacket { PacketIdentifier = NextPacketId(), TopicFilters = [.. filters] };
            _subscribing.Add(packet.PacketIdentifier);
            SendAsync(client, packet, cancellation).AsTask().GetAwaiter().GetResult();
        }

        Subscribed();
    }

    private void OnSubscribed(MqttSubAckPacket answer)
    {
        MqttSubscribeReasonCode? refused = answer.ReasonCodes.Where(code => code >= MqttSubscribeReasonCode.UnspecifiedError).Cast<MqttSubscribeReasonCode?>().FirstOrDefault();
        if (refused is not null)
        {
            throw new ConnectionException($"the broker refuses a subscription: {refused}{Reason(answer.ReasonString)}. Look at what it lets this user read");
        }

        if (_subscribing.Remove(answer.PacketIdentifier))
        {
            Subscribed();
        }
    }

    private void Subscribed()
    {
        if (_subscribing.Count == 0)
        {
            _problem = null;
            Interlocked.Exchange(ref _connectedSince, MonotonicClock.Now);
            _isSubscribed = true;
            Changed?.Invoke(null);
        }
    }

    private void Receive(LowLevelMqttClient client)
    {
        while (true)
        {
            // Complete when it returns, as the stream's reads are: no hop to another thread.
            MqttPacket packet = client.ReceiveAsync(CancellationToken.None).GetAwaiter().GetResult();
            Volatile.Write(ref _receivedAt, MonotonicClock.Now);
            switch (packet)
            {
                case MqttPublishPacket message:
                    user.OnMessage(message);
                    break;
                case MqttPubAckPacket acknowledgement:
                    user.OnAcknowledged(acknowledgement);
                    break;
                case MqttSubAckPacket answer:
                    OnSubscribed(answer);
                    break;
                case MqttDisconnectPacket end:
                    throw new ConnectionException($"the broker ended the connection: {end.ReasonCode}{Reason(end.ReasonString)}");
                case null:
                    throw new ConnectionException("the connection was closed");
            }
        }
    }

    /// <summary>Says something where nothing was to be said for long, and ends a connection on which nothing comes back.</summary>
    private async Task KeepAliveAsync(CancellationTokenSource life)
    {
        long interval = MonotonicClock.Nanoseconds(settings.KeepAlive);
        using var timer = new PeriodicTimer(settings.KeepAlive / 4);
        bool asked = false;
        long askedAt = 0, moved = 0, movedAt = 0;
        Task ping = Task.CompletedTask;
        try
        {
            while (await timer.WaitForNextTickAsync(life.Token).ConfigureAwait(false))
            {
                long now = MonotonicClock.Now;
                asked &= Volatile.Read(ref _receivedAt) < askedAt;
                if (_streams.Moved() is var movedNow && movedNow != moved)
                {
                    // The answer stands behind what is just crossing: an image on a slow link takes longer than the silence that is allowed.
                    (moved, movedAt) = (movedNow, now);
                }

                if (asked && now - Math.Max(askedAt, movedAt) > interval)
                {
                    _problem = $"the broker has said nothing for {settings.KeepAlive.TotalSeconds:0.#} s";
                    await life.CancelAsync().ConfigureAwait(false);
                    return;
                }

                // The broker is to hear of us also while its answer is on its way.
                if (ping.IsCompleted && now - (asked ? Volatile.Read(ref _sentAt) : Math.Min(Volatile.Read(ref _sentAt), Volatile.Read(ref _receivedAt))) > interval * 3 / 4)
                {
                    askedAt = asked ? askedAt : now;
                    asked = true;
                    ping = SendAsync(MqttPingReqPacket.Instance, life.Token).AsTask();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The connection has ended.
        }
    }

    private async ValueTask<bool> SendAsync(LowLevelMqttClient client, MqttPacket packet, CancellationToken cancellation)
    {
        // One at a time, and not by the client's own lock: it writes head and payload in two steps.
        await _sending.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await client.SendAsync(packet, cancellation).ConfigureAwait(false);
            Volatile.Write(ref _sentAt, MonotonicClock.Now);
            return true;
        }
        catch (Exception e) when (e is MqttCommunicationException or IOException or ObjectDisposedException or InvalidOperationException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false; // whoever reads finds out, too, and says why
        }
        finally
        {
            _sending.Release();
        }
    }

    private string ProblemOf(Exception e) => e switch
    {
        ConnectionException or BridgeOptionsException => e.Message,
        OperationCanceledException or ObjectDisposedException => _problem ?? "the connection was lost",
        _ => OneLine((e.InnerException ?? e).GetBaseException().Message),
    };

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string Reason(string? text) => string.IsNullOrEmpty(text) ? "" : $" ({text})";

    /// <summary>Ends an attempt, or a connection, for a reason of our own or the broker's.</summary>
    private sealed class ConnectionException(string message) : Exception(message);
}
