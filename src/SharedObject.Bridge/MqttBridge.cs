using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SharedObjects.Bridging.Internals;
using SharedObjects.Bridging.Metering;
using SharedObjects.Bridging.Settings;

namespace SharedObjects.Bridging;

/// <summary>
/// Shares objects with other hosts through an MQTT 5 broker: the newest values of those that it publishes go out, and of those that it
/// subscribes to come in, into segments that are like any other.
/// </summary>
/// <remarks>
/// Newest wins and nothing queues: what a slow link can't carry is dropped, object by object. A broker or a link that is gone for a second or
/// a day is waited for, and the newest values then arrive; nothing else is promised.
/// </remarks>
public sealed class MqttBridge : IAsyncDisposable
{
    private readonly Engine _engine;
    private readonly BridgeMeter _meter;
    private readonly CancellationTokenSource _end = new();
    private Task? _running;

    /// <summary>Makes a bridge; it does nothing until <see cref="RunAsync"/>.</summary>
    /// <param name="options">What it does; they are copied.</param>
    /// <param name="loggers">Where it logs; null for nowhere.</param>
    /// <exception cref="BridgeOptionsException">An option is not as it must be.</exception>
    public MqttBridge(BridgeOptions options, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _engine = new Engine(new BridgeSettings(options), (loggers ?? NullLoggerFactory.Instance).CreateLogger<MqttBridge>());
        _meter = new BridgeMeter(GetStatus);
    }

    /// <summary>Bridges until it is cancelled. A broker that is not there is waited for.</summary>
    /// <param name="cancellation">Ends it; the task then ends as completed, and the others are told that this bridge has gone.</param>
    /// <exception cref="InvalidOperationException">It runs, or has run, already.</exception>
    public async Task RunAsync(CancellationToken cancellation = default)
    {
        var source = new TaskCompletionSource();
        if (Interlocked.CompareExchange(ref _running, source.Task, null) is not null)
        {
            throw Error.RunsAlready();
        }

        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _end.Token);
            await _engine.RunAsync(either.Token).ConfigureAwait(false);
        }
        finally
        {
            source.SetResult();
        }
    }

    /// <summary>How it fares now. May be asked at any time, by any thread.</summary>
    public BridgeStatus GetStatus()
    {
        BridgeStatus status = _engine.Status();
        return _running is null or { IsCompleted: true } ? status with { Connection = BridgeConnection.Stopped, ConnectedFor = null } : status;
    }

    /// <summary>Ends it, and closes what it has open. Objects stay as they are.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        if (_running is { } running)
        {
            await running.ConfigureAwait(false);
        }

        _meter.Dispose();
        _engine.Dispose();
        _end.Dispose();
    }
}
