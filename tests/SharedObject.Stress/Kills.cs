using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using SharedObjects.Hunt;

namespace SharedObjects.Stress;

/// <summary>
/// A writer is killed in the middle of writes, once for each seed and language. Readers of both languages, some that had the object open
/// and some that open it then, must agree on the old value, the new one, or that it is torn; and the next writer must get through.
/// </summary>
internal static class Kills
{
    private const string Torn = "torn";
    private const int WarmUp = 100;

    internal static Func<Report> Prepare(string[] arguments)
    {
        // All is made and compiled beforehand, so that most of the time is spent in writes.
        (string name, string kind) = (arguments[0], arguments[1]);
        int number = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        ulong[] sequences = [.. Enumerable.Range(1, 8).Select(i => Pattern.Sequence(number, (ulong)i))];
        Action<int> assign;
        if (kind == "state")
        {
            SharedObject<SmallState> handle = SharedObject.Open(name, SmallState.Codec);
            SmallState[] values = [.. sequences.Select(SmallState.Make)];
            assign = i => handle.Assign(values[i]);
        }
        else
        {
            SharedArray<ulong> array = SharedArray<ulong>.Open(name);
            ulong[][] values = [.. sequences.Select(sequence => Target.Words(kind, sequence))];
            assign = i => array.Assign(values[i]);
        }

        for (int i = 0; i < WarmUp; i++)
        {
            assign(i % sequences.Length);
        }

        return () =>
        {
            for (int i = 0; !Roles.HasEnded; i = (i + 1) % sequences.Length)
            {
                assign(i);
            }

            return new Report();
        };
    }

    internal static bool Run(int seeds, int first)
    {
        var report = new Report();
        List<double> next = [];
        try
        {
            using Peer python = Peer.OfPython("looker").Ready();
            for (int seed = first; seed < first + seeds; seed++)
            {
                foreach (bool ofPython in new[] { false, true })
                {
                    try
                    {
                        Kill(seed, ofPython, python, report, next);
                    }
                    catch (Exception e) when (e is SharedObjectException)
                    {
                        report.Problem($"seed {seed}: {e.GetType().Name}: {e.Message}");
                    }
                }
            }

            _ = python.End();
        }
        finally
        {
            Names.RemoveAll();
        }

        next.Sort();
        foreach ((string what, long number) in report.Counts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Console.WriteLine($"{what,-40} {number,8}");
        }

        report.Problems.ForEach(problem => Console.WriteLine($"problem: {problem}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"the next writer's assign was done {next[next.Count / 2]:0.0} ms after SIGKILL (median of {next.Count}), {next[^1]:0.0} ms at most"));
        Console.WriteLine($"kills: seeds {first} to {first + seeds - 1}, {2 * seeds} writers killed, {report.Problems.Count} problems: {(report.Problems.Count == 0 ? "OK" : "FAILED")}");
        return report.Problems.Count == 0;
    }

    private static void Kill(int seed, bool ofPython, Peer python, Report report, List<double> next)
    {
        var random = new Randomness(seed, ofPython ? 1 : 0);
        string kind = Target.Kinds[random.Next(Target.Kinds.Length)];
        string name = Names.Prefix + "victim", language = ofPython ? "Python" : "C#";
        using Target known = Target.Create(name, kind, Pattern.Sequence(0, 1));
        try
        {
            python.Ask($"open {name} {kind}");
            using Peer victim = ofPython ? Peer.OfPython(Roles.Victim, name, kind, "1") : Peer.OfThis(Roles.Victim, name, kind, "1");
            victim.Ready();
            long wait = random.Next(10_000) * Stopwatch.Frequency / 1_000_000; // up to 10 ms
            long began = Stopwatch.GetTimestamp();
            while (Stopwatch.GetTimestamp() - began < wait)
            {
                Thread.SpinWait(10);
            }

            bool looks = (seed & 1) == 0;
            long killed = Stopwatch.GetTimestamp();
            if (looks)
            {
                Demand(victim.Kill(), "the writer had ended before");
                string[] seen = [Look(known), LookAnew(name, kind), python.Ask("look"), python.Ask("look-anew"), Look(known)];
                Demand(seen.Distinct().Count() == 1 && !seen[0].StartsWith('!'), $"readers have seen {string.Join(", ", seen)}");
                report.Count($"{language} writer, {kind}: {(seen[0] == Torn ? Torn : "whole")}");
            }
            else
            {
                victim.Signal(Mono.Unix.Native.Signum.SIGKILL); // and the next writer does not wait until it is gone
            }

            ulong sequence = Pattern.Sequence(2, (ulong)seed);
            if (random.Next(2) == 0)
            {
                known.Assign(sequence);
            }
            else
            {
                Demand(python.Ask($"assign {sequence}") == "done", "the Python package's assign failed");
            }

            if (!looks)
            {
                next.Add(Stopwatch.GetElapsedTime(killed).TotalMilliseconds);
                Demand(victim.Kill(), "the writer had ended before");
            }

            string expected = sequence.ToString(CultureInfo.InvariantCulture);
            string[] after = [Look(known), LookAnew(name, kind), python.Ask("look"), python.Ask("look-anew")];
            Demand(after.All(found => found == expected), $"after the next assign, of {expected}, readers have seen {string.Join(", ", after)}");
        }
        finally
        {
            known.Handle.Unlink();
        }

        void Demand(bool isSo, string otherwise)
        {
            if (!isSo)
            {
                report.Problem($"seed {seed}, {kind}, {language} writer: {otherwise}");
            }
        }
    }

    private static string LookAnew(string name, string kind)
    {
        using Target target = Target.Open(name, kind);
        return Look(target);
    }

    /// <summary>The sequence of the value, "torn", or "!" for what must not be.</summary>
    private static string Look(Target target)
    {
        try
        {
            return target.Read(out ulong sequence) ? sequence.ToString(CultureInfo.InvariantCulture) : "!a mixture";
        }
        catch (SharedTornException)
        {
            return Torn;
        }
    }
}
