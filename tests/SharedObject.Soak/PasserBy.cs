using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Hunt;

namespace SharedObjects.Soak;

/// <summary>One who opens an object, waits for a moment in one way or another, is cancelled, and goes.</summary>
internal sealed class PasserBy(string[] names, Randomness random, Problems problems)
{
    private const int LongestWait = 60; // ms

    private Randomness _random = random;

    /// <returns>How many waits there were.</returns>
    internal async Task<int> RunAsync(CancellationToken evening)
    {
        int waits = 0;
        for (; !evening.IsCancellationRequested; waits++)
        {
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(evening);
            cancellation.CancelAfter(_random.Next(LongestWait));
            try
            {
                await PassAsync(_random.Next(7), cancellation.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SharedSilenceException)
            {
                // Each is how a wait may end.
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                problems.Add($"a passer-by has got {e}");
            }
        }

        return waits;
    }

    private async Task PassAsync(int way, CancellationToken cancellation)
    {
        string name = names[_random.Next(names.Length)];
        using SharedArray<ulong> handle = await SharedArray<ulong>.OpenAsync(
            name, new SharedObjectOptions { WaitStrategy = way == 1 ? WaitStrategy.SpinThenBlock : WaitStrategy.Block }, cancellation);
        TimeSpan timeout = TimeSpan.FromMilliseconds(_random.Next(LongestWait));
        switch (way)
        {
            case 0:
                await handle.WaitAsync(timeout, cancellation);
                break;
            case 1:
            case 2:
                handle.Wait(timeout, cancellation);
                break;
            case 3:
                await handle.FetchNextAsync(timeout, cancellation);
                break;
            case 4:
                // Disposed while it waits: the wait ends, at once, as that of a disposed handle.
                Task<bool> wait = handle.WaitAsync(Timeout.InfiniteTimeSpan, CancellationToken.None).AsTask();
                await Task.Delay(1, CancellationToken.None);
                handle.Dispose();
                await wait;
                break;
            case 5:
                Task<bool> thread = Task.Factory.StartNew(
                    () => handle.Wait(Timeout.InfiniteTimeSpan, CancellationToken.None),
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default);
                await Task.Delay(1, CancellationToken.None);
                handle.Dispose();
                await thread;
                break;
            default:
                await WaitForSeveralAsync(handle, timeout, cancellation);
                break;
        }
    }

    private async Task WaitForSeveralAsync(SharedArray<ulong> first, TimeSpan timeout, CancellationToken cancellation)
    {
        List<SharedHandle> handles = [first];
        try
        {
            foreach (string name in names.Take(_random.Next(names.Length)))
            {
                handles.Add(await SharedArray<ulong>.OpenAsync(name, cancellation: cancellation));
            }

            if (_random.Next(2) == 0)
            {
                await SharedWait.AnyAsync(handles, timeout, cancellation);
            }
            else
            {
                await SharedWait.AllAsync(handles, timeout, cancellation);
            }
        }
        finally
        {
            handles.ForEach(static handle => handle.Dispose());
        }
    }
}
