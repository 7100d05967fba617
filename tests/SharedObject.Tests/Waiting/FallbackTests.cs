using System;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.LockFree;
using SharedObjects.Tests.Support;
using SharedObjects.Waiting;

namespace SharedObjects.Tests.Waiting;

/// <summary>Waiting where one call can't sleep on several words.</summary>
[Collection(nameof(FallbackTests))]
[CollectionDefinition(nameof(FallbackTests), DisableParallelization = true)] // what it switches off is the process's
public sealed class FallbackTests : SegmentTest
{
    [Fact]
    public async Task Waits_are_answered_cancelled_and_ended()
    {
        Sleep.HasWaitAny = false; // Linux before 5.16, and some sandboxes
        try
        {
            foreach (string way in new[] { "block", "async" })
            {
                using SharedObject<double> writer = SharedObject.Create(Name(way), 0.5);
                using SharedObject<double> reader = SharedObject.Open<double>(Name(way));
                using var raw = new RawSegment(Name(way), Made.DoubleSize);
                for (double value = 1; value < 10; value++)
                {
                    Task<bool> wait = Wait(way, reader);
                    writer.Assign(value);
                    Assert.True(await wait);
                    Assert.Equal(value, reader.Fetch());
                }

                using var source = new CancellationTokenSource();
                Task<bool> cancelled = Wait(way, reader, source.Token);
                await source.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
                Task<bool> disposed = Wait(way, reader);
                reader.Dispose();
                await Assert.ThrowsAsync<ObjectDisposedException>(() => disposed);
                Until(() => raw.WaitersWord == 0);
            }
        }
        finally
        {
            Sleep.HasWaitAny = true;
        }
    }

    private static Task<bool> Wait(string way, SharedHandle handle, CancellationToken cancellation = default) =>
        way == "async"
            ? handle.WaitAsync(Timeout.InfiniteTimeSpan, cancellation).AsTask()
            : Background.Run(() => handle.Wait(Timeout.InfiniteTimeSpan, cancellation));
}
