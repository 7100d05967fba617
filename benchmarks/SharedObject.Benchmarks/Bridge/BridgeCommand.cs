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

namespace SharedObjects.Benchmarks.Bridge;

/// <summary>
/// How long it takes until who waits for a bridged object on another host has its value, and how much goes through, beside a message of the
/// same bytes that MQTTnet sends and receives by itself, in turns. docs/bridge.md says what exactly is measured.
/// </summary>
internal static class BridgeCommand
{
    private const int StateSize = 1000, ImageSize = Fixture.ImageSize;
    private const int StatesInRound = 1000, ImagesInRound = 60, FullInRound = 200;
    private const long StateGap = 1_000_000, ImageGap = 33_333_333; // ns
    private const long FullGap = 1_500_000; // ns: more than goes through, and not so much that the writer takes the processor from the rest
    private const int WarmUps = 2;

    private static readonly Bar[] Bars =
    [
        new("bridge_state_p50_us", "1.3 mqtt_state_p50_us", 0, (1.3, "mqtt_state_p50_us")),
        new("bridge_state_p99_us", "1.3 mqtt_state_p99_us", 0, (1.3, "mqtt_state_p99_us")),
        new("bridge_image_p50_us", "1.3 mqtt_image_p50_us", 0, (1.3, "mqtt_image_p50_us")),
        new("bridge_image_p99_us", "1.3 mqtt_image_p99_us", 0, (1.3, "mqtt_image_p99_us")),
        // Not the project's bars, but what they leave out: the bridge's own part.
        new("bridge_state_p50_us", "1.3 (mqtt + 2 local)", 0, (1.3, "mqtt_state_p50_us"), (2.6, "local_state_p50_us")),
        new("bridge_image_p50_us", "1.3 (mqtt + 2 local)", 0, (1.3, "mqtt_image_p50_us"), (2.6, "local_image_p50_us")),
        new("bridge_image_step_ms", "1.3 mqtt_image_step_ms", 0, (1.3, "mqtt_image_step_ms")),
    ];

    internal static int Run(string[] arguments)
    {
        using Broker? broker = Broker.TryStart();
        if (broker is null)
        {
            Console.Error.WriteLine("there is no mosquitto (Debian, Ubuntu: apt-get install mosquitto)");
            return 1;
        }

        List<BridgePath> paths = [];
        try
        {
            Measure(broker, paths, arguments.Contains("--quick") ? 5 : 21);
            Dictionary<string, Figure> figures = Figures(paths);
            Tell(figures);
            if (arguments.Contains("--json"))
            {
                var json = new JsonObject(figures.Values.Select(static figure => KeyValuePair.Create<string, JsonNode?>(figure.Name, Math.Round(figure.Median, 3))))
                {
                    ["bars"] = Bar.Json(Bars, figures),
                };
                Console.WriteLine(json.ToJsonString());
            }

            return 0;
        }
        finally
        {
            paths.ForEach(static path => path.Dispose());
            Array.ForEach(Directory.GetFiles("/dev/shm", Fixture.Prefix + "*"), File.Delete);
        }
    }

    private static void Measure(Broker broker, List<BridgePath> paths, int rounds)
    {
        paths.Add(Bridged(broker, "state", StateSize));
        paths.Add(Bare(broker, "state", StateSize));
        paths.Add(Local("state", StateSize));
        paths.Add(Bridged(broker, "image", ImageSize));
        paths.Add(Bare(broker, "image", ImageSize));
        paths.Add(Local("image", ImageSize));
        for (int round = -WarmUps; round < rounds; round++)
        {
            bool counts = round >= 0;
            // Each goes first every other time.
            foreach (BridgePath path in round % 2 == 0 ? paths : Enumerable.Reverse(paths))
            {
                bool isState = path.Name.EndsWith("state", StringComparison.Ordinal);
                path.Paced(isState ? StatesInRound : ImagesInRound, isState ? StateGap : ImageGap, counts);
                Thread.Sleep(50);
                if (!isState && !path.Name.StartsWith("local", StringComparison.Ordinal))
                {
                    path.Full(FullInRound, FullGap, counts);
                    Thread.Sleep(50);
                }
            }
        }
    }

    private static BridgePath Bridged(Broker broker, string what, int size)
    {
        string name = Fixture.Name(what);
        Child writer = Child.OfThisProgram(BridgeRoles.Writer, name, size.ToString(CultureInfo.InvariantCulture));
        writer.Hear();
        Child bridge = Child.OfThisProgram(BridgeRoles.Bridge, broker.Address, BridgeRoles.Publishes, name);
        bridge.Hear();
        // The far side's objects have the same names, so it has a /dev/shm of its own. As root that is all it needs.
        string[] unshare = Environment.IsPrivilegedProcess ? ["--mount"] : ["--mount", "--user", "--map-root-user"];
        Child reader = Child.OfProgram(
            "unshare", [.. unshare, "sh", "-c", "mount -t tmpfs tmpfs /dev/shm && exec \"$0\" \"$@\"", Environment.ProcessPath!, "child", BridgeRoles.FarReader, broker.Address, name]);
        reader.Hear();
        return new BridgePath("bridge_" + what, writer, reader, bridge);
    }

    /// <summary>From a writer to a reader of the same host: what a bridged object has to go through twice, beside the broker.</summary>
    private static BridgePath Local(string what, int size)
    {
        string name = Fixture.Name("local-" + what);
        Child writer = Child.OfThisProgram(BridgeRoles.Writer, name, size.ToString(CultureInfo.InvariantCulture));
        writer.Hear();
        Child reader = Child.OfThisProgram(BridgeRoles.Reader, name);
        reader.Hear();
        return new BridgePath("local_" + what, writer, reader);
    }

    private static BridgePath Bare(Broker broker, string what, int size)
    {
        Child receiver = Child.OfThisProgram(BridgeRoles.Receiver, broker.Address, "bare/" + what);
        receiver.Hear();
        Child sender = Child.OfThisProgram(BridgeRoles.Sender, broker.Address, "bare/" + what, size.ToString(CultureInfo.InvariantCulture));
        sender.Hear();
        return new BridgePath("mqtt_" + what, sender, receiver);
    }

    private static Dictionary<string, Figure> Figures(List<BridgePath> paths)
    {
        List<Figure> figures = [];
        foreach (BridgePath path in paths)
        {
            figures.Add(new Figure(path.Name + "_p50_us", [.. path.Ages.Select(Statistics.Median)]));
            figures.Add(new Figure(path.Name + "_p99_us", [.. path.Ages.Select(static ages => Statistics.Quantile(ages, 0.99))]));
            figures.Add(new Figure(path.Name + "_arrived", [.. path.Ages.Select(static ages => (double)ages.Length)]));
            if (path.Steps.Count > 0)
            {
                figures.Add(new Figure(path.Name + "_step_ms", path.Steps));
                figures.Add(new Figure(path.Name + "_mb_per_s", [.. path.Steps.Select(static step => ImageSize / step / 1000)]));
            }
        }

        return figures.ToDictionary(static figure => figure.Name);
    }

    private static void Tell(Dictionary<string, Figure> figures)
    {
        Console.WriteLine($"{"figure",-28}{"median",12}{"spread",12}{"rounds",8}");
        foreach (Figure figure in figures.Values)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure.Name,-28}{figure.Median,12:0.0}{figure.Spread,12:0.0}{figure.Rounds.Count,8}"));
        }

        foreach (Bar bar in Bars)
        {
            Console.WriteLine(bar.Used(figures) is { } used
                ? string.Create(CultureInfo.InvariantCulture, $"{bar.Figure,-28} <= {bar.Text,-28}{used * 1.3,6:0.00} x  {(used <= 1 ? "ok" : "MISSED")}")
                : $"{bar.Figure,-28} <= {bar.Text,-28} not measured");
        }
    }
}
