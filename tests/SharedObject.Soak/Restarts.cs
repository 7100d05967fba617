using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace SharedObjects.Soak;

/// <summary>A producer that is killed, and restarted as another process that makes the object anew, over and over; a stream and a thread follow.</summary>
internal static class Restarts
{
    private const int RoundsBeforeCount = 5; // so that everything has been used once
    private const int MoreDescriptors = 8; // of processes that are just starting or ending
    private const int MoreBytes = 1 << 20;
    private const int ThreadsOfFollowers = 2; // the one that waits for the stream, and the lookout for the sleeping thread, which starts late
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(2);

    internal static async Task<int> RunAsync(string kind, int rounds)
    {
        string prefix = $"so-test-restarts-{Environment.ProcessId}-";
        string name = prefix + kind;
        var problems = new Problems();
        List<(TimeSpan Making, TimeSpan Following)> delays = [];
        Footprint before = default, after;
        try
        {
            using IProducers producers = kind == "csharp" ? new CSharpProducers() : new PythonProducers();
            using var end = new CancellationTokenSource();
            Follower[] followers = [new(name, problems), new(name, problems)];
            Task[] running = [followers[0].StreamAsync(end.Token), followers[1].FetchAsync(end.Token)];
            for (int round = 0; round <= rounds && problems.Count == 0; round++)
            {
                if (round == RoundsBeforeCount)
                {
                    before = Footprint.Of(prefix);
                }

                Action kill = producers.Start(name, (ulong)round, Period);
                foreach (Follower follower in followers)
                {
                    if (await IsReachedAsync(follower, round, problems))
                    {
                        delays.Add((follower.Making, follower.Following));
                    }
                }

                kill();
            }

            after = Footprint.Settled(prefix, now => IsNoMore(before, now), Patience);
            await end.CancelAsync();
            await Task.WhenAll(running);
        }
        finally
        {
            foreach (string file in Directory.GetFiles("/dev/shm", prefix + "*"))
            {
                File.Delete(file);
            }
        }

        problems.Expect(IsNoMore(before, after), $"there is more at the end ({after}) than after {RoundsBeforeCount} restarts ({before})");
        Tell(kind, rounds, delays, problems);
        return problems.Count == 0 ? 0 : 1;
    }

    private static async Task<bool> IsReachedAsync(Follower follower, int producer, Problems problems)
    {
        DateTime end = DateTime.UtcNow + Patience;
        while (follower.Producer != producer && problems.Count == 0)
        {
            problems.Expect(DateTime.UtcNow < end, $"the value of producer {producer} has not come in {Patience}");
            await Task.Delay(1);
        }

        return problems.Count == 0;
    }

    private static bool IsNoMore(Footprint before, Footprint after) =>
        after.Descriptors <= before.Descriptors && after.Mappings <= before.Mappings && after.Threads <= ThreadsOfFollowers
        && after.Segments <= before.Segments && after.AllDescriptors <= before.AllDescriptors + MoreDescriptors
        && after.ManagedBytes <= before.ManagedBytes + MoreBytes;

    private static void Tell(string kind, int rounds, List<(TimeSpan Making, TimeSpan Following)> delays, Problems problems)
    {
        string all = Spread(delays.Select(static delay => delay.Making + delay.Following));
        string making = Spread(delays.Select(static delay => delay.Making)), following = Spread(delays.Select(static delay => delay.Following));
        Console.WriteLine(
            $"restarts: {kind}, {rounds} restarts, {delays.Count} first values after {all}: there after {making}, here after another {following}; {problems.Count} problems");
    }

    private static string Spread(IEnumerable<TimeSpan> delays)
    {
        double[] sorted = [.. delays.Select(static delay => delay.TotalMilliseconds).Order()];
        return sorted.Length == 0
            ? "none"
            : string.Create(CultureInfo.InvariantCulture, $"{sorted[sorted.Length / 2]:0.0} ms (median), {sorted[^1]:0.0} ms (longest)");
    }
}
