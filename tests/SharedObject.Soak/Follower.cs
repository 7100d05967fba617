using System;
using System.Numerics.Tensors;
using System.Threading;
using System.Threading.Tasks;

namespace SharedObjects.Soak;

/// <summary>
/// A consumer of one object that never ends by itself: checks that each value is whole, and that none is older than the one before.
/// </summary>
/// <param name="name">The object.</param>
/// <param name="problems">Where to tell what is wrong.</param>
internal sealed class Follower(string name, Problems problems)
{
    private readonly ulong[] _words = new ulong[Beat.Words];
    private long _producer = -1;
    private long _sequence;
    private bool _isFirst;

    /// <summary>The number of the producer whose value came last.</summary>
    internal long Producer => Volatile.Read(ref _producer);

    /// <summary>How long that producer took from when it began to make the object until its first value was there. To be read after it.</summary>
    internal TimeSpan Making { get; private set; }

    /// <summary>How long it took from then until that value, or one after it, was here.</summary>
    internal TimeSpan Following { get; private set; }

    internal long Values { get; private set; }

    /// <summary>Watches the object, in one stream.</summary>
    internal async Task StreamAsync(CancellationToken cancellation)
    {
        try
        {
            using SharedArray<ulong> handle = await SharedArray<ulong>.OpenAsync(name, cancellation: cancellation);
            _isFirst = true;
            await foreach (Tensor<ulong> value in handle.WatchAsync(new SharedWatchOptions { StartWithCurrent = true }, cancellation))
            {
                value.FlattenTo(_words);
                Take(handle);
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            problems.Add($"{name}: the stream has ended with {e.GetType().Name}: {e.Message}");
        }
    }

    /// <summary>The same on a thread, that fetches one value after the other.</summary>
    internal Task FetchAsync(CancellationToken cancellation) => Task.Factory.StartNew(
        () => Fetch(cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Fetch(CancellationToken cancellation)
    {
        try
        {
            using SharedArray<ulong> handle = SharedArray<ulong>.OpenAsync(name, cancellation: cancellation).GetAwaiter().GetResult();
            _isFirst = true;
            while (true)
            {
                handle.FetchNext(cancellation).FlattenTo(_words);
                Take(handle);
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            problems.Add($"{name}: the thread has ended with {e.GetType().Name}: {e.Message}");
        }
    }

    private void Take(SharedArray<ulong> handle)
    {
        ulong now = WallClock.Now;
        (long producer, long sequence) = ((long)Beat.Producer(_words), (long)Beat.Sequence(_words));
        if (!Beat.IsWhole(_words))
        {
            problems.Add($"{name}: a value is not whole: {string.Join(' ', _words)}");
        }
        else if (producer < _producer || (producer == _producer && (_isFirst ? sequence < _sequence : sequence <= _sequence)))
        {
            problems.Add($"{name}: value {sequence} of producer {producer} came after value {_sequence} of producer {_producer}");
        }

        if (producer != _producer)
        {
            ulong first = Beat.First(_words) is var stamp and not 0 ? stamp : (ulong)handle.LastSeen;
            Making = Between(Beat.Made(_words), first);
            Following = Between(first, now);
        }

        _isFirst = false;
        _sequence = sequence;
        Values++;
        Volatile.Write(ref _producer, producer);
    }

    private static TimeSpan Between(ulong from, ulong to) => TimeSpan.FromMicroseconds((long)(to - from) / 1000.0);
}
