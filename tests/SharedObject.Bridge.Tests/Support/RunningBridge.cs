using System;
using System.Threading;
using System.Threading.Tasks;

namespace SharedObjects.Bridging.Tests.Support;

/// <summary>A bridge that runs in this process, until it is disposed of.</summary>
internal sealed class RunningBridge : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _run;

    internal RunningBridge(BridgeOptions options, LogLines log)
    {
        Bridge = new MqttBridge(options, log);
        _run = Task.Run(() => Bridge.RunAsync(_end.Token));
    }

    internal MqttBridge Bridge { get; }

    internal BridgeStatus Status => Bridge.GetStatus();

    /// <summary>Ends it, as its program would.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _run.GetAwaiter().GetResult();
        Bridge.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _end.Dispose();
    }
}
