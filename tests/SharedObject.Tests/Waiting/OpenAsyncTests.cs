using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Tests.Interop;

namespace SharedObjects.Tests.Waiting;

/// <summary>Opening an object whose producer has not started yet, or is just making it.</summary>
public sealed class OpenAsyncTests(PeerFixture fixture) : PeerTest(fixture)
{
    [Fact]
    public async Task A_producer_may_start_later()
    {
        Task<SharedObject<double>> open = SharedObject.OpenAsync<double>(Name());
        Task<SharedArray<int>> openArray = SharedArray<int>.OpenAsync(Name("a"));
        Task<SharedTrigger> openTrigger = SharedTrigger.OpenAsync(Name("t"));
        Task<SharedObject<Schemas.ArmState>> openRecord = Schemas.ArmState.OpenAsync(Name("arm"));
        await Task.Delay(30);
        Assert.False(open.IsCompleted || openArray.IsCompleted || openTrigger.IsCompleted || openRecord.IsCompleted);
        PlainCreate(Name(), 1.5);
        SharedArray<int>.Create(Name("a"), [2]).Dispose();
        SharedTrigger.OpenOrCreate(Name("t")).Dispose();
        Schemas.ArmState.OpenOrCreate(Name("arm")).Dispose();
        using SharedObject<double> handle = await open;
        Assert.Equal(1.5, handle.Fetch());
        (await openArray).Dispose();
        (await openTrigger).Dispose();
        (await openRecord).Dispose();
    }

    [Theory]
    [InlineData("open")]
    [InlineData("truncate")]
    public async Task A_producer_may_be_caught_half_way(string stage)
    {
        PlainCreate(Name(), 1.5, stage);
        Task<SharedObject<double>> open = SharedObject.OpenAsync<double>(Name());
        await Task.Delay(30);
        Assert.False(open.IsCompleted);
        SharedObject.Unlink(Name());
        PlainCreate(Name(), 2.5);
        using SharedObject<double> handle = await open;
        Assert.Equal(2.5, handle.Fetch());
    }

    [Fact]
    public async Task A_producer_may_have_only_announced_it()
    {
        SharedTrigger.OpenOrCreate(Name()).Dispose(); // a None, as Python's SharedObject(name)
        Task<SharedObject<double>> open = SharedObject.OpenAsync<double>(Name());
        using (SharedTrigger trigger = await SharedTrigger.OpenAsync(Name()))
        {
            await Task.Delay(30);
            Assert.False(open.IsCompleted);
        }

        SharedObject.Unlink(Name());
        PlainCreate(Name(), 2.5);
        using SharedObject<double> handle = await open;
        Assert.Equal(2.5, handle.Fetch());
    }

    [Fact]
    public async Task Who_waits_for_long_maps_nothing_meanwhile()
    {
        PlainCreate(Name(), null);
        using var source = new CancellationTokenSource();
        Task<SharedObject<double>> open = SharedObject.OpenAsync<double>(Name(), cancellation: source.Token);
        await Task.Delay(100);
        Assert.DoesNotContain(File.ReadLines("/proc/self/maps"), line => line.Contains(Name(), StringComparison.Ordinal));
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => open);
    }

    [Fact]
    public async Task A_producer_that_is_just_writing_is_waited_for()
    {
        using SharedObject<double> producer = SharedObject.Create(Name(), 1.5);
        Task<SharedObject<double>> open;
        using (producer.EnterWriteLock())
        {
            open = Task.Run(() => SharedObject.OpenAsync<double>(Name()));
            Thread.Sleep(30); // no await: the lock is this thread's
            Assert.False(open.IsCompleted);
        }

        (await open).Dispose();
    }

    [Fact]
    public async Task It_can_be_cancelled_and_bad_news_come_at_once()
    {
        using var source = new CancellationTokenSource();
        Task<SharedObject<double>> open = SharedObject.OpenAsync<double>(Name(), cancellation: source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => open);
        PlainCreate(Name(), "a text");
        await Assert.ThrowsAsync<SharedSchemaException>(() => SharedObject.OpenAsync<double>(Name()));
        await Assert.ThrowsAsync<SharedNameException>(() => SharedObject.OpenAsync<double>("a/b"));
        await Assert.ThrowsAsync<NotSupportedException>(() => SharedObject.OpenAsync<Uri>(Name()));
    }
}
