using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace SharedObjects.Cli.Shell;

/// <summary>
/// Turns Ctrl-C, SIGTERM and SIGHUP into a token, for verbs that go on until they are stopped: they end as if they were done, with the
/// terminal as they found it. Others need none: the system ends them, and drops what they hold.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    internal Interruption(double seconds = double.PositiveInfinity)
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop),
        ];
        if (double.IsFinite(seconds))
        {
            _source.CancelAfter(TimeSpan.FromSeconds(seconds));
        }
    }

    internal CancellationToken Token => _source.Token;

    internal bool Requested => _source.IsCancellationRequested;

    /// <summary>Ends the verb from within, as a key does.</summary>
    internal void Stop() => _source.Cancel();

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        _source.Cancel();
    }
}
