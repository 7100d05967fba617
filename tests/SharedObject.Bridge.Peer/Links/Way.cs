using System;
using System.Threading;
using System.Threading.Tasks;

namespace SharedObjects.Bridging.Peers.Links;

/// <summary>One direction of the link: what all connections share in it. Times are milliseconds of the monotonic clock.</summary>
/// <param name="stall">Completes when nothing holds the link up.</param>
internal sealed class Way(Func<Task> stall)
{
    private readonly Lock _lock = new();
    private double _freeAt;
    private double _delay, _jitter, _bytesPerMs, _loss, _lossStall;
    private long _bytes;

    internal long Bytes => Interlocked.Read(ref _bytes);

    internal static double Now => System.Diagnostics.Stopwatch.GetTimestamp() * 1000.0 / System.Diagnostics.Stopwatch.Frequency;

    internal void Delay(double delay, double jitter)
    {
        lock (_lock)
        {
            (_delay, _jitter) = (delay, jitter);
        }
    }

    internal void Rate(double bytesPerSecond)
    {
        lock (_lock)
        {
            _bytesPerMs = bytesPerSecond / 1000;
        }
    }

    internal void Loss(double share, double stallMs)
    {
        lock (_lock)
        {
            (_loss, _lossStall) = (share, stallMs);
        }
    }

    /// <summary>When a piece that comes in now is to go out, as far as delay and loss are concerned.</summary>
    internal double DueAt()
    {
        lock (_lock)
        {
            // Not for secrets: what is drawn is how late a piece of a test comes.
#pragma warning disable CA5394
            double late = _jitter > 0 ? Random.Shared.NextDouble() * _jitter : 0;
            return Now + _delay + late + (_loss > 0 && Random.Shared.NextDouble() < _loss ? _lossStall : 0);
#pragma warning restore CA5394
        }
    }

    /// <summary>Waits until the link may carry a piece: pieces of all connections in the order in which they ask, at the rate.</summary>
    internal async Task PassAsync(int size, double dueAt, CancellationToken cancellation)
    {
        await UntilAsync(dueAt, cancellation);
        double mayAt;
        lock (_lock)
        {
            double began = Math.Max(Now, _freeAt);
            mayAt = _bytesPerMs > 0 ? began + (size / _bytesPerMs) : began;
            _freeAt = mayAt;
        }

        await UntilAsync(mayAt, cancellation);
        await stall().WaitAsync(cancellation);
        Interlocked.Add(ref _bytes, size);
    }

    private static async Task UntilAsync(double time, CancellationToken cancellation)
    {
        // Delays end on whole milliseconds, and late: what is due within one is let pass, and the rate stays right as times are absolute.
        for (double left = time - Now; left >= 1; left = time - Now)
        {
            await Task.Delay((int)left, cancellation);
        }
    }
}
