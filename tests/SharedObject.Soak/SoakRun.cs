using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Hunt;

namespace SharedObjects.Soak;

/// <summary>
/// Objects of C# and of plain Python producers, which are killed and restarted, and whose names vanish; of each a stream and a thread
/// that follow it from the first day to the last, and passers-by. At the end of each day all waits end, and nothing may be left of them.
/// </summary>
internal sealed class SoakRun : IDisposable
{
    private const int ObjectsOfAKind = 3;
    private const int PassersBy = 12;
    private const long MoreBytes = 4 << 20;
    private static readonly TimeSpan Day = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _prefix = $"so-test-soak-{Environment.ProcessId}-";
    private readonly Problems _problems = new();
    private readonly CancellationTokenSource _end = new();
    private readonly List<Source> _sources = [];
    private readonly List<Follower> _followers = [];
    private readonly IProducers[] _producers = [new CSharpProducers(), new PythonProducers()];
    private readonly int _seed;
    private long _firstBytes;
    private long _waits;

    private SoakRun(int seed) => _seed = seed;

    internal static async Task<int> RunAsync(int seconds, int seed)
    {
        using var run = new SoakRun(seed);
        return await run.RunAsync(TimeSpan.FromSeconds(seconds));
    }

    public void Dispose()
    {
        Array.ForEach(_producers, static producers => producers.Dispose());
        _end.Dispose();
        foreach (string file in Directory.GetFiles("/dev/shm", _prefix + "*"))
        {
            File.Delete(file);
        }
    }

    private async Task<int> RunAsync(TimeSpan duration)
    {
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < 2 * ObjectsOfAKind; i++)
        {
            string name = $"{_prefix}{i}";
            _sources.Add(new Source(name, _producers[i % 2], new Randomness(_seed, i), _problems));
            _followers.Add(new Follower(name, _problems));
            _followers.Add(new Follower(name, _problems));
        }

        Task[] sources = [.. _sources.Select(source => Task.Run(() => source.RunAsync(_end.Token)))];
        int days = 0;
        do
        {
            await LiveADayAsync(days++);
        }
        while (Stopwatch.GetElapsedTime(began) < duration && _problems.Count == 0);
        await _end.CancelAsync();
        await Task.WhenAll(sources);
        int threads = Footprint.Settled(_prefix, static now => now.Threads == 0, Patience).Threads;
        _problems.Expect(threads == 0, $"{threads} threads are left at the end");
        for (int i = 0; i < _followers.Count; i++)
        {
            _problems.Expect(_followers[i].Values > 0, $"nothing came of {_sources[i / 2].Name}");
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"soak: {days} days, {_sources.Sum(static source => source.Restarts)} restarts, {_sources.Sum(static source => source.Vanishings)} names vanished, "
                + $"{_followers.Sum(static follower => follower.Values)} values, {_waits} waits of passers-by; {_problems.Count} problems"));
        return _problems.Count == 0 ? 0 : 1;
    }

    private async Task LiveADayAsync(int day)
    {
        using var evening = new CancellationTokenSource(Day);
        List<Task> running = [];
        for (int i = 0; i < _followers.Count; i++)
        {
            running.Add(i % 2 == 0 ? _followers[i].StreamAsync(evening.Token) : _followers[i].FetchAsync(evening.Token));
        }

        string[] names = [.. _sources.Select(static source => source.Name)];
        for (int i = 0; i < PassersBy; i++)
        {
            var passer = new PasserBy(names, new Randomness(_seed + day, i), _problems);
            running.Add(Task.Run(async () => Interlocked.Add(ref _waits, await passer.RunAsync(evening.Token)), CancellationToken.None));
        }

        Task all = Task.WhenAll(running);
        if (await Task.WhenAny(all, Task.Delay(Day + Patience, CancellationToken.None)) != all)
        {
            _problems.Add($"day {day}: {running.Count(static task => !task.IsCompleted)} of {running.Count} waits have not ended {Patience} after they were cancelled");
            return;
        }

        // Not on top of the stack of whoever ended last: his state machine, which has the handle that he has used, is reachable until it is left.
        await all.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        CheckThatNothingIsLeft(day);
    }

    private void CheckThatNothingIsLeft(int day)
    {
        Footprint left = Footprint.Settled(
            _prefix, now => now is { Descriptors: 0, Mappings: 0 } && IsHeapSmall(now) && WaitersLeft().Count == 0, Patience);
        _problems.Expect(left.Descriptors == 0, $"day {day}: {left.Descriptors} segments are still open");
        _problems.Expect(left.Mappings == 0, $"day {day}: {left.Mappings} segments are still mapped");
        _problems.Expect(WaitersLeft() is { Count: 0 }, $"day {day}: {string.Join(", ", WaitersLeft())}");
        _problems.Expect(
            IsHeapSmall(left), $"day {day}: {left.ManagedBytes} bytes are in the managed heap, and were {_firstBytes} after the first day");
        _firstBytes = _firstBytes == 0 ? left.ManagedBytes : _firstBytes;
        Console.WriteLine($"day {day}: {left}");
    }

    private bool IsHeapSmall(Footprint now) => _firstBytes == 0 || now.ManagedBytes < _firstBytes + MoreBytes;

    /// <summary>The objects whose segments count waiters, of whom there are none any more.</summary>
    private List<string> WaitersLeft() =>
        [.. _sources.Select(static source => (source.Name, Waiters: Trailer.Waiters(source.Name)))
            .Where(static found => found.Waiters != 0)
            .Select(static found => $"{found.Name} counts {found.Waiters} waiters")];
}
