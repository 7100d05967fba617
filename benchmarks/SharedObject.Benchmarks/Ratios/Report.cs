using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using SharedObjects.Benchmarks.Measuring;

namespace SharedObjects.Benchmarks.Ratios;

/// <summary>Prints the figures beside their bars.</summary>
internal static class Report
{
    private const double Pair = 1.15;
    private const double Own = 60; // ns that an assign may cost beside its lock

    private static readonly Bar[] Bars =
    [
        new("fetch_64B", "10 ns", 10),
        new("fetch_64B", "1/60 flock_pair", 0, (1.0 / 60, "flock_pair")),
        new("fetch_64B_2readers", "1.1 apart", 0, (1.1, "fetch_64B_2readers_apart")),
        new("modified", "1 ns", 1),
        new("assign_64B", "1.15 flock_pair + 60 ns", Own, (Pair, "flock_pair")),
        new("fetch_image_into", "1.08 memcpy_image", 0, (1.08, "memcpy_image")),
        new("assign_image", "1.05 memcpy_image + 1.15 flock_pair + 60 ns", Own, (1.05, "memcpy_image"), (Pair, "flock_pair")),
        new("fetch_new_value_python_writer", "1.15 flock_pair + 60 ns", Own, (Pair, "flock_pair")),
        new("fetch_64B_python_writer_1khz", "20 ns", 20),
        new("fetch_state", "1/100 python_fetch_state", 0, (0.01, "python_fetch_state")),
        new("bytes_allocated_per_fetch", "0", 0),
    ];

    private static readonly Dictionary<string, string> Baselines = new()
    {
        ["fetch_64B"] = "memcpy_64B",
        ["fetch_64B_locked"] = "flock_pair",
        ["fetch_64B_2readers"] = "fetch_64B_2readers_apart",
        ["assign_64B"] = "flock_pair",
        ["assign_state"] = "flock_pair",
        ["fetch_image_into"] = "memcpy_image",
        ["assign_image"] = "memcpy_image",
        ["view_image_locked"] = "flock_pair_shared",
        ["fetch_new_value_python_writer"] = "flock_pair",
        ["fetch_new_value_python_process"] = "flock_pair",
        ["fetch_64B_python_writer_1khz"] = "fetch_64B",
        ["fetch_state"] = "python_fetch_state",
        ["fetch_float"] = "python_fetch_float",
        ["fetch_dict_dynamic"] = "fetch_dict",
        ["fetch_1MB_dynamic"] = "fetch_1MB_typed",
        ["fetch_1MB"] = "fetch_1MB_typed",
        ["assign_dict_dynamic"] = "assign_dict",
        ["assign_1MB_dynamic"] = "assign_1MB",
        ["memorypack_fetch_64B"] = "fetch_64B",
        ["memorypack_assign_64B"] = "assign_64B",
        ["unix_socket_64B"] = "fetch_64B",
        ["modified"] = "python_modified",
    };

    internal static void WriteTable(IReadOnlyDictionary<string, Figure> figures)
    {
        Console.WriteLine($"{"figure",-32}{"median",12}{"spread",10}  ratio to");
        foreach (Figure figure in figures.Values)
        {
            Console.WriteLine($"{figure.Name,-32}{Number(figure.Median),12}{Number(figure.Spread),10}  {Ratio(figure, figures)}");
        }

        Console.WriteLine();
        Console.WriteLine($"{"bar",-32}{"median",12}{"limit",12}{"used",8}");
        foreach (Bar bar in Bars)
        {
            if (bar.Used(figures) is not { } used)
            {
                Console.WriteLine($"{bar.Figure,-32}not measured");
                continue;
            }

            double limit = bar.Limit(name => figures[name].Median);
            Console.WriteLine(
                $"{bar.Figure,-32}{Number(figures[bar.Figure].Median),12}{Number(limit),12}{used,8:P0}  {(used <= 1 ? "ok    " : "MISSED")}  <= {bar.Text}");
        }
    }

    /// <summary>The same for docs/performance.md.</summary>
    internal static void WriteMarkdown(IReadOnlyDictionary<string, Figure> figures)
    {
        Console.WriteLine("| figure | median | spread | ratio |");
        Console.WriteLine("|---|---:|---:|---|");
        foreach (Figure figure in figures.Values)
        {
            Console.WriteLine($"| `{figure.Name}` | {Number(figure.Median)} | {Number(figure.Spread)} | {Ratio(figure, figures)} |");
        }

        Console.WriteLine();
        Console.WriteLine("| bar | median | limit | used | |");
        Console.WriteLine("|---|---:|---:|---:|---|");
        foreach (Bar bar in Bars)
        {
            double limit = bar.Limit(name => figures.TryGetValue(name, out Figure? baseline) ? baseline.Median : double.NaN);
            string outcome = bar.Used(figures) is { } used
                ? $"{Number(figures[bar.Figure].Median)} | {Number(limit)} | {used:P0} | {(used <= 1 ? "met" : "**missed**")}"
                : "| | | not measured";
            Console.WriteLine($"| `{bar.Figure}` <= {bar.Text} | {outcome} |");
        }
    }

    internal static void WriteJson(IReadOnlyDictionary<string, Figure> figures)
    {
        var json = new JsonObject(figures.Values.Select(
            static figure => KeyValuePair.Create<string, JsonNode?>(figure.Name, Math.Round(figure.Median, 3))));
        json["bars"] = Bar.Json(Bars, figures);
        Console.WriteLine(json.ToJsonString());
    }

    private static string Ratio(Figure figure, IReadOnlyDictionary<string, Figure> figures) =>
        Baselines.TryGetValue(figure.Name, out string? name) && figures.TryGetValue(name, out Figure? baseline)
            ? $"{Number(figure.Median / baseline.Median)} x {name}"
            : "";

    private static string Number(double value) => value switch
    {
        _ when Math.Abs(value) >= 100 => value.ToString("N0", CultureInfo.InvariantCulture),
        _ when Math.Abs(value) >= 10 => value.ToString("N1", CultureInfo.InvariantCulture),
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };
}
