using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using SharedObjects.Hunt;

namespace SharedObjects.Stress;

/// <summary>
/// Processes of both languages make one object at once, round after round. One makes it, the others mount it, and all have the same:
/// what the first of them then assigns is what each of them fetches.
/// </summary>
internal static class Races
{
    private const string MadeByCSharp = "made by C#";
    private const int OfEachLanguage = 2, Stages = 3, Count = 2 * OfEachLanguage;

    internal static bool Run(int rounds)
    {
        var report = new Report();
        string places = Names.Prefix + "places";
        try
        {
            // Where each of them is: a word each, as far apart as caches need it.
            File.WriteAllBytes(Names.Path(places), new byte[Places.Distance * Count]);
            string[] Arguments(int i) => [Names.Prefix, places, $"{i}", $"{Count}", $"{rounds}"];
            Peer[] peers =
            [
                .. Enumerable.Range(0, OfEachLanguage).Select(i => Peer.OfThis(Roles.Racer, Arguments(i))),
                .. Enumerable.Range(OfEachLanguage, OfEachLanguage).Select(i => Peer.OfPython(Roles.Racer, Arguments(i))),
            ];
            Array.ForEach(peers, peer => report.Add(peer.Ready().End()));
            Array.ForEach(peers, peer => peer.Dispose());
            File.Delete(Names.Path(places));
            foreach (string leftover in Directory.EnumerateFiles("/dev/shm", Names.Prefix + "*"))
            {
                report.Problem($"{leftover} is left");
            }
        }
        finally
        {
            Names.RemoveAll();
        }

        if (report.Of("rounds") != rounds * Count)
        {
            report.Problem($"{report.Of("rounds")} rounds were run, {rounds * Count} should have been");
        }

        report.Problems.ForEach(problem => Console.WriteLine($"problem: {problem}"));
        Console.WriteLine($"races: {rounds} rounds of {Count} processes, {report.Of(MadeByCSharp)} of {rounds / 2} that tell made by C#: "
            + (report.Problems.Count == 0 ? "OK" : "FAILED"));
        return report.Problems.Count == 0;
    }

    internal static Func<Report> Prepare(string[] arguments)
    {
        string prefix = arguments[0];
        int[] numbers = [.. arguments[2..].Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        (int own, int count, int rounds) = (numbers[0], numbers[1], numbers[2]);
        var places = new Places(arguments[1], own, count);
        return () =>
        {
            var report = new Report();
            for (int round = 0; round < rounds; round++)
            {
                try
                {
                    Race(prefix, places, round, own, report);
                    report.Count("rounds");
                }
                catch (SharedObjectException e)
                {
                    report.Problem($"round {round}: {e.GetType().Name}: {e.Message}");
                    places.GiveUp();
                    break;
                }
            }

            return report;
        };
    }

    private static void Race(string prefix, Places places, int round, int own, Report report)
    {
        string name = $"{prefix}race-{round}";
        ulong first = Pattern.Sequence(own + 1, (ulong)round + 1), last = Pattern.Sequence(9, (ulong)round + 1);
        places.Arrive((round * Stages) + 1);
        using Target target = (round & 1) == 0 ? Target.OpenOrCreate(name, Names.MadeKind, first) : CreateOrOpen(name, first, report);
        bool whole = target.Read(out ulong sequence);
        if (!whole || Pattern.CountOf(sequence) != (ulong)round + 1)
        {
            report.Problem($"round {round}: the object was mounted with sequence {sequence:x}, {(whole ? "of another round" : "a mixture")}");
        }

        places.Arrive((round * Stages) + 2);
        if (own == 0)
        {
            target.Assign(last);
        }

        places.Arrive((round * Stages) + 3);
        if (!target.Read(out sequence) || sequence != last)
        {
            report.Problem($"round {round}: fetched {sequence:x}, where process 0 has assigned {last:x}: they have made two objects");
        }

        if (own == 0)
        {
            target.Handle.Unlink();
        }
    }

    /// <summary>As OpenOrCreate, but tells who made it.</summary>
    private static Target CreateOrOpen(string name, ulong sequence, Report report)
    {
        try
        {
            Target made = Target.Create(name, Names.MadeKind, sequence);
            report.Count(MadeByCSharp);
            return made;
        }
        catch (SharedExistsException)
        {
            return Target.Open(name, Names.MadeKind);
        }
    }

    /// <summary>Lets processes of both languages wait for each other: a word of shared memory each says how far it is.</summary>
    private sealed class Places
    {
        internal const int Distance = 128;

        private readonly SharedWords _words;
        private readonly int _own;
        private readonly int _count;

        internal Places(string name, int own, int count)
        {
            _words = new SharedWords(Names.Path(name));
            (_own, _count) = (own, count);
        }

        /// <summary>Waits until all have got so far.</summary>
        internal void Arrive(long place)
        {
            _words.Set(_own * Distance, place);
            for (int i = 0; i < _count; i++)
            {
                while (_words.Get(i * Distance) < place)
                {
                    Thread.Yield();
                }
            }
        }

        /// <summary>Nobody is to wait for this one.</summary>
        internal void GiveUp() => _words.Set(_own * Distance, long.MaxValue);
    }
}
