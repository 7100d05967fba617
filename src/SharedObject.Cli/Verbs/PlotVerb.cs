using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text;
using SharedObjects.Cli.Following;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Segments;
using SharedObjects.Cli.Shell;
using SharedObjects.Cli.Values;

namespace SharedObjects.Cli.Verbs;

/// <summary>Draws numbers of an object against time, live.</summary>
internal static class PlotVerb
{
    private static readonly TimeSpan s_betweenFrames = TimeSpan.FromMilliseconds(100);

    internal static Verb Create()
    {
        Argument<string> name = Common.Name();
        Option<string[]> fields = new("--field")
        {
            Description = "What to draw: a number, a.b[3], or a small array for all its elements. Several are several curves.",
            HelpName = "PATH",
            DefaultValueFactory = _ => [],
        };
        Option<double> window = Common.Seconds("--window", 10, "How many seconds to show.");
        Option<double> timeout = Common.Timeout();
        Option<double> duration = Common.Duration();
        Option<bool> json = Common.Json();
        var verb = new Verb(
            "plot",
            "Draw numbers of an object against time, live; q ends. Where it is not a terminal, it prints them.",
            """
            sharedobj plot arm_state --field qpos
            sharedobj plot arm_state --field qpos[3] --field qvel[3] --window 30
            sharedobj plot gripper
            sharedobj plot gripper --duration 10 > gripper.txt
            """)
        { name, fields, window, timeout, duration, json };
        return verb.Does((parsed, output) =>
        {
            var plotted = new PlottedFields(Input.Parse<FieldPath[]>(() => [.. parsed.GetValue(fields)!.Select(FieldPath.Parse)]));
            using var interruption = new Interruption(parsed.GetValue(duration));
            using StampWatches watches = StampWatches.Open([parsed.GetValue(name)!], out int result);
            if (watches.All.Count == 0)
            {
                return result;
            }

            if (Output.IsTerminal && !parsed.GetValue(json))
            {
                Draw(output, watches, plotted, interruption, parsed.GetValue(window), parsed.GetValue(timeout));
            }
            else
            {
                Print(output, watches, plotted, interruption, parsed.GetValue(json), parsed.GetValue(timeout));
            }

            return ExitCode.Done;
        });
    }

    private static void Print(Output output, StampWatches watches, PlottedFields plotted, Interruption interruption, bool json, double timeout)
    {
        StampWatch only = watches.All[0];
        Show(only);
        watches.Run(interruption, Pace.Longest, Show);

        bool Show(StampWatch watch)
        {
            if (watch.TryRead(timeout) is not { IsAssigned: true } copy)
            {
                return true;
            }

            double[] numbers = plotted.NumbersOf(copy);
            if (json)
            {
                output.Json(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", copy.Name);
                    writer.WriteString("mtime", copy.Stamp.ToString(CultureInfo.InvariantCulture));
                    writer.WriteStartObject("values");
                    for (int i = 0; i < numbers.Length; i++)
                    {
                        // JSON has no nan and no inf.
                        if (double.IsFinite(numbers[i]))
                        {
                            writer.WriteNumber(plotted.Labels[i], numbers[i]);
                        }
                        else
                        {
                            writer.WriteString(plotted.Labels[i], FloatText.NonFinite(numbers[i]));
                        }
                    }

                    writer.WriteEndObject();
                    writer.WriteEndObject();
                });
            }
            else
            {
                output.Line($"{copy.Stamp / 1e9:0.000000}\t{string.Join('\t', numbers.Select(FloatText.Repr))}");
            }

            output.Flush();
            return true;
        }
    }

    private static void Draw(Output output, StampWatches watches, PlottedFields plotted, Interruption interruption, double window, double timeout)
    {
        var points = new Queue<(ulong Stamp, double[] Numbers)>();
        bool quit = false;
        Take(watches.All[0]);
        using var screen = new Screen(output);
        long drawn = 0;
        watches.Run(interruption, Pace.Longest, Take, () =>
        {
            while (screen.TryGetKey(out ConsoleKeyInfo key))
            {
                quit |= key.Key is ConsoleKey.Q or ConsoleKey.Escape;
            }

            if (Stopwatch.GetElapsedTime(drawn) > s_betweenFrames)
            {
                drawn = Stopwatch.GetTimestamp();
                screen.Draw(Frame(watches.All[0], plotted, points, window));
            }

            if (quit)
            {
                interruption.Stop();
            }
        });

        bool Take(StampWatch watch)
        {
            if (watch.TryRead(timeout) is { IsAssigned: true } copy)
            {
                points.Enqueue((copy.Stamp, plotted.NumbersOf(copy)));
            }

            return true;
        }
    }

    private static List<string> Frame(StampWatch watch, PlottedFields plotted, Queue<(ulong Stamp, double[] Numbers)> points, double window)
    {
        (int width, int height) = Terminal.Size();
        ulong now = Interop.Posix.Now();
        while (points.Count > 1 && (double)now - points.Peek().Stamp > window * 1e9)
        {
            points.Dequeue();
        }

        double Place(ulong stamp) => 1 - (((double)now - stamp) / 1e9 / window);
        IReadOnlyList<(double, double)>[] curves =
            [.. Enumerable.Range(0, plotted.Labels.Count).Select(i => points.Select(point => (Place(point.Stamp), point.Numbers[i])).ToArray())];
        double[] last = points.Count > 0 ? points.Last().Numbers : [];
        string title = $"{Names.Printable(watch.Name)}  {(watch.IsThere ? Units.OldText(watch.Stamp) : "gone")}";
        string help = string.Create(CultureInfo.InvariantCulture, $"the last {window:0.###} s   q quit");
        var lines = new List<string> { $"\e[1m{title}\e[0m{help.PadLeft(Math.Max(width - title.Length, help.Length + 1))}" };
        string[] legends = [.. plotted.Labels.Select((label, i) => $"{label} {(i < last.Length ? last[i].ToString("G5", CultureInfo.InvariantCulture) : "")}")];

        lines.AddRange(Legend(legends, width, Math.Max(height / 4, 1)));
        lines.AddRange(LinePlot.Lines(curves, width, height - lines.Count));
        return lines;
    }

    /// <summary>The labels in the colours of their curves, on as many lines as they need and there are.</summary>
    private static IEnumerable<string> Legend(string[] labels, int width, int most)
    {
        const string Gap = "  ";
        var line = new StringBuilder();
        int used = 0, lines = 1;
        for (int i = 0; i < labels.Length; i++)
        {
            if (used > 0 && used + labels[i].Length > width)
            {
                if (lines == most)
                {
                    break;
                }

                yield return line.ToString();
                line.Clear();
                used = 0;
                lines++;
            }

            line.Append(LinePlot.InkOfCurve(i)).Append(LiveTable.Cut(labels[i], width)).Append("\e[0m").Append(Gap);
            used += labels[i].Length + Gap.Length;
        }

        yield return line.ToString();
    }

    /// <summary>The numbers of a value that are drawn, and what they are called.</summary>
    private sealed class PlottedFields(FieldPath[] paths)
    {
        private const int MostElements = 32;

        private List<string>? _labels;

        internal List<string> Labels => _labels ?? [];

        /// <exception cref="ToolException">The value has no such numbers.</exception>
        internal double[] NumbersOf(SegmentCopy copy)
        {
            var numbers = new List<double>();
            var labels = new List<string>();
            object? value = copy.Value();
            if (paths.Length == 0)
            {
                Add(copy.Name, "value", value);
            }

            foreach (FieldPath path in paths)
            {
                try
                {
                    Add(copy.Name, path.Text, path.Of(value));
                }
                catch (FormatException e)
                {
                    throw ToolException.Failed($"'{copy.Name}' has no field {e.Message}");
                }
            }

            // Made anew with another shape, or a dynamic object, it may have others; the curves would be of different things.
            _labels ??= labels;
            return _labels.Count == numbers.Count
                ? [.. numbers]
                : throw ToolException.Failed($"'{copy.Name}' has {numbers.Count} numbers now, instead of {_labels.Count}");

            void Add(string name, string label, object? part)
            {
                switch (part)
                {
                    case bool flag: One(label, flag ? 1 : 0); break;
                    case long number: One(label, number); break;
                    case double number: One(label, number); break;
                    case NDArray { Length: <= MostElements } array when !Elements.IsComplex(array.DType):
                        for (int i = 0; i < array.Length; i++)
                        {
                            One(string.Create(CultureInfo.InvariantCulture, $"{label}[{i}]"), Elements.Number(array, i));
                        }

                        break;
                    default:
                        throw ToolException.Failed($"'{name}': {label} is no number, and no array of up to {MostElements} of them: choose with --field");
                }
            }

            void One(string label, double number)
            {
                labels.Add(label);
                numbers.Add(number);
            }
        }
    }
}
