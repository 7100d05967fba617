using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using SharedObjects.Benchmarks.Measuring;
using SharedObjects.Benchmarks.Peers;
using SharedObjects.Benchmarks.Ratios;

namespace SharedObjects.Benchmarks.Wake;

/// <summary>
/// How long it takes until one who waits in another process runs, beside what a C program takes for it in turns; and what those cost who
/// wait for nothing. docs/performance.md says what exactly is measured.
/// </summary>
internal static class WakeCommand
{
    private const long Gap = 1_000_000; // ns
    private const int WakesInRound = 200;
    private const int WarmUps = 4;
    private const int NoCore = -1;

    private static readonly Bar[] Bars =
    [
        new("wake_block_us", "1.3 futex_c_us + 1 us", 1, (1.3, "futex_c_us")),
        new("wake_spin_us", "2 spin_c_us", 0, (2, "spin_c_us")),
        new("idle_cpu_pct", "1 %", 1),
        new("idle_cpu_async_pct", "1 %", 1),
        new("idle_cpu_python_pct", "1 %", 1),
        new("idle_cpu_python_async_pct", "1 %", 1),
    ];

    internal static int Run(string[] arguments)
    {
        bool isQuick = arguments.Contains("--quick");
        using CProgram? c = CProgram.TryCompile();
        if (c is null)
        {
            Console.Error.WriteLine("there is no C compiler: the figures to compare with are missing");
        }

        Dictionary<string, List<double[]>> wakes = MeasureWakes(c, isQuick ? 7 : 31);
        List<Figure> idle = arguments.Contains("--no-idle") ? [] : IdleCosts.Measure(isQuick ? 1 : 5, seconds: 2);
        Tell(wakes, idle);
        if (arguments.Contains("--json"))
        {
            TellJson(wakes, idle);
        }

        return 0;
    }

    private static Dictionary<string, List<double[]>> MeasureWakes(CProgram? c, int rounds)
    {
        string[] words = [Fixture.Name("futex"), Fixture.Name("spin")];
        List<WakePair> pairs = [];
        try
        {
            using SharedObject<Joints> block = Joints.Publish(Fixture.Name("block"), new Joints(new double[8]));
            using SharedObject<Joints> spin = Joints.Publish(Fixture.Name("spinning"), new Joints(new double[8]));
            pairs.Add(Ours("wake_block", block, WaitStrategy.Block, pinned: false));
            pairs.Add(Ours("wake_spin", spin, WaitStrategy.Spin, pinned: true));
            if (c is not null)
            {
                pairs.Insert(0, OfC("futex_c_us", c, words[0], "futex", pinned: false));
                pairs.Insert(2, OfC("spin_c_us", c, words[1], "spin", pinned: true));
            }

            pairs.ForEach(static pair => pair.Hear());
            for (int round = -WarmUps; round < rounds; round++)
            {
                // Pauses, in which the code that the rounds before have shown to be hot is compiled once more.
                Thread.Sleep(round < 0 ? 200 : 0);
                pairs.ForEach(pair => pair.Round(WakesInRound, Gap, counts: round >= 0));
            }

            block.Unlink();
            spin.Unlink();
            return pairs.SelectMany(static pair => pair.Rounds).ToDictionary();
        }
        finally
        {
            pairs.ForEach(static pair => pair.Dispose());
            Array.ForEach(words, static word => File.Delete(Path.Combine("/dev/shm", word)));
        }
    }

    private static WakePair Ours(string name, SharedHandle handle, WaitStrategy strategy, bool pinned)
    {
        (string waiter, string writer) = CoresOf(pinned);
        return new WakePair(
            name + "_us",
            Child.OfThisProgram(WakeRoles.Waiter, handle.Name, strategy.ToString(), waiter),
            Child.OfThisProgram(WakeRoles.Writer, handle.Name, strategy.ToString(), writer),
            name + "_from_call_us",
            name + "_fetched_us");
    }

    private static WakePair OfC(string name, CProgram program, string word, string kind, bool pinned)
    {
        (string waiter, string writer) = CoresOf(pinned);
        string path = Path.Combine("/dev/shm", word);
        File.WriteAllBytes(path, new byte[Environment.SystemPageSize]);
        return new WakePair(
            name,
            Child.OfProgram(program.Path, kind, "waiter", path, waiter),
            Child.OfProgram(program.Path, kind, "writer", path, writer));
    }

    private static (string Waiter, string Writer) CoresOf(bool pinned) =>
        pinned ? ("1", "0") : (NoCore.ToString(CultureInfo.InvariantCulture), NoCore.ToString(CultureInfo.InvariantCulture));

    private static Dictionary<string, Figure> Figures(Dictionary<string, List<double[]>> wakes, List<Figure> idle) =>
        wakes.Select(static wake => new Figure(wake.Key, [.. wake.Value.Select(Statistics.Median)])).Concat(idle)
            .ToDictionary(static figure => figure.Name);

    private static void Tell(Dictionary<string, List<double[]>> wakes, List<Figure> idle)
    {
        Dictionary<string, Figure> figures = Figures(wakes, idle);
        Console.WriteLine($"{"wakes",-28}{"p50",10}{"p90",10}{"p99",10}{"spread",10}{"wakes",10}");
        foreach ((string name, List<double[]> rounds) in wakes)
        {
            double[] all = [.. rounds.SelectMany(static round => round)];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-28}{Statistics.Quantile(all, 0.5),10:0.00}{Statistics.Quantile(all, 0.9),10:0.00}{Statistics.Quantile(all, 0.99),10:0.00}{figures[name].Spread,10:0.00}{all.Length,10}"));
        }

        foreach (Figure figure in idle)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure.Name,-38}{figure.Median,10:0.000}  spread {figure.Spread:0.000}"));
        }

        foreach (Bar bar in Bars)
        {
            Console.WriteLine(bar.Used(figures) is { } used
                ? string.Create(CultureInfo.InvariantCulture, $"{bar.Figure,-28} <= {bar.Text,-24}{used,6:P0}  {(used <= 1 ? "ok" : "MISSED")}")
                : $"{bar.Figure,-28} <= {bar.Text,-24} not measured");
        }
    }

    private static void TellJson(Dictionary<string, List<double[]>> wakes, List<Figure> idle)
    {
        Dictionary<string, Figure> figures = Figures(wakes, idle);
        var json = new JsonObject();
        foreach ((string name, List<double[]> rounds) in wakes)
        {
            double[] all = [.. rounds.SelectMany(static round => round)];
            json[name] = new JsonObject
            {
                ["p50"] = Math.Round(Statistics.Quantile(all, 0.5), 3),
                ["p90"] = Math.Round(Statistics.Quantile(all, 0.9), 3),
                ["p99"] = Math.Round(Statistics.Quantile(all, 0.99), 3),
                ["spread"] = Math.Round(figures[name].Spread, 3),
            };
        }

        idle.ForEach(figure => json[figure.Name] = Math.Round(figure.Median, 4));
        json["bars"] = Bar.Json(Bars, figures);
        Console.WriteLine(json.ToJsonString());
    }
}
