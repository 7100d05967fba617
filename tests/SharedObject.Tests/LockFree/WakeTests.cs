using System;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.LockFree;

/// <summary>Whoever sleeps on the wake word, in any process, is woken by a write if (and only if) it has said that it sleeps.</summary>
public sealed class WakeTests : SegmentTest
{
    private const int Woken = 0, EAGAIN = 11, ETIMEDOUT = 110;

    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1), Short = TimeSpan.FromMilliseconds(150);

    [Fact]
    public async Task Every_kind_of_write_wakes()
    {
        byte[] elements = new byte[Made.Many];
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using SharedArray<byte> array = SharedArray<byte>.Publish(Name("a"), elements, [elements.Length]);
        using SharedTrigger trigger = SharedTrigger.OpenOrCreate(Name("t"));
        (string Name, int Size, Action Act)[] ways =
        [
            (Name(), Made.DoubleSize, () => handle.Assign(2.5)),
            (Name(), Made.DoubleSize, () => handle.Trigger()),
            (Name(), Made.DoubleSize, () => handle.UpdateInPlace(0, static (bytes, in context, state) => bytes[10]++)),
            (Name("a"), Made.ArraySize(elements.Length), () => array.Assign(elements)),
            (Name("a"), Made.ArraySize(elements.Length), () => array.Update(_ => { })),
            (Name("t"), RawSegment.Data, () => trigger.Trigger()),
        ];
        foreach ((string name, int size, Action act) in ways)
        {
            using var raw = new RawSegment(name, size);
            raw.WaitersWord = 1;
            Assert.Equal(Woken, await Sleep(raw, Long, act));
            raw.WaitersWord = 0;
            Assert.Equal(ETIMEDOUT, await Sleep(raw, Short, act));
        }
    }

    [Fact]
    public async Task All_who_wait_are_woken()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        raw.WaitersWord = 3;
        Task<int>[] sleepers = new Task<int>[3];
        int[] threads = new int[3];
        uint wake = raw.WakeWord;
        for (int i = 0; i < 3; i++)
        {
            int own = i;
            sleepers[i] = Background.Run(() =>
            {
                Volatile.Write(ref threads[own], RawSegment.ThisThread());
                return raw.WaitOnWake(wake, Long);
            });
        }

        Until(() => Array.TrueForAll(threads, thread => thread != 0 && RawSegment.Sleeps(thread)));
        handle.Assign(2.5);
        int[] results = await Task.WhenAll(sleepers);
        Assert.All(results, result => Assert.True(result is Woken or EAGAIN)); // one that was not asleep yet has found the word changed
    }

    [Fact]
    public async Task A_torn_value_wakes_who_waits_for_triggers_and_an_update_that_throws_wakes_nobody()
    {
        using SharedObject<double> handle = SharedObject.Create(Name(), 1.5);
        using var raw = new RawSegment(Name(), Made.DoubleSize);
        raw.Die(RawSegment.Data, 1);
        raw.WaitersWord = 1;
        Assert.Equal(Woken, await Sleep(raw, Long, () => handle.Trigger()));
        handle.Assign(2.5);
        uint wake = raw.WakeWord;
        Assert.Throws<InvalidTimeZoneException>(() =>
            handle.UpdateInPlace(0, static (bytes, in context, state) => throw new InvalidTimeZoneException()));
        Assert.Equal(wake, raw.WakeWord);
    }

    /// <summary>What becomes of a thread that sleeps when something is done.</summary>
    private static async Task<int> Sleep(RawSegment raw, TimeSpan limit, Action act)
    {
        while (true)
        {
            uint wake = raw.WakeWord;
            int thread = 0;
            Task<int> sleeper = Background.Run(() =>
            {
                Volatile.Write(ref thread, RawSegment.ThisThread());
                return raw.WaitOnWake(wake, limit);
            });
            Until(() => Volatile.Read(ref thread) != 0 && (sleeper.IsCompleted || RawSegment.Sleeps(thread)));
            act();
            Assert.NotEqual(wake, raw.WakeWord);
            int result = await sleeper;
            if (result != EAGAIN) // else it slept over something else, and came too late for the word
            {
                return result;
            }
        }
    }
}
