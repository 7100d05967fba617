using System;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SharedObjects.Cli.Following;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Segments;
using SharedObjects.Cli.Shell;
using SharedObjects.Cli.Values;

namespace SharedObjects.Cli.Verbs;

/// <summary>Prints values, once or with each change.</summary>
internal static class EchoVerb
{
    internal static Verb Create()
    {
        Argument<string[]> names = Common.Names();
        Option<bool> json = Common.Json();
        Option<bool> follow = new("--follow", "-f") { Description = "Go on, and print each change, until Ctrl-C." };
        Option<int> count = new("--count", "-n") { Description = "With --follow: end after so many values.", HelpName = "N", DefaultValueFactory = _ => int.MaxValue, CustomParser = result => Common.Number(result, least: 1) ?? 1 };
        Option<string?> field = new("--field") { Description = "Print only this part of the value: a.b[3].", HelpName = "PATH" };
        Option<bool> full = new("--full") { Description = "Print all elements of large arrays." };
        Option<double> timeout = Common.Timeout();
        Option<double> duration = Common.Duration();
        var verb = new Verb(
            "echo",
            "Print values; with --follow, each change.",
            """
            sharedobj echo arm_state
            sharedobj echo arm_state --field qpos[3] --follow
            sharedobj echo rs_depth --full > depth.txt
            sharedobj echo arm_state gripper --json
            """)
        { names, follow, count, field, full, timeout, duration, json };
        return verb.Does((parsed, output) =>
        {
            var printer = new ValuePrinter(
                output,
                parsed.GetValue(json),
                parsed.GetValue(full),
                parsed.GetValue(field) is { } path ? Input.Parse(() => FieldPath.Parse(path)) : null,
                withNames: parsed.GetValue(names)!.Length > 1);
            return parsed.GetValue(follow)
                ? Follow(parsed.GetValue(names)!, printer, parsed.GetValue(timeout), parsed.GetValue(duration), parsed.GetValue(count))
                : Tool.ForEach(parsed.GetValue(names)!, name => printer.Print(SegmentCopy.Read(name, parsed.GetValue(timeout))));
        });
    }

    private static int Follow(string[] names, ValuePrinter printer, double timeout, double duration, int count)
    {
        using var interruption = new Interruption(duration);
        using StampWatches watches = StampWatches.Open(names, out int result);
        if (watches.All.Count == 0)
        {
            return result;
        }

        int left = count, failed = 0;
        foreach (StampWatch watch in watches.All)
        {
            if (!Show(watch))
            {
                return result;
            }
        }

        watches.Run(interruption, Pace.Longest, Show);
        return result;

        // False once enough values were printed, or no object is left.
        bool Show(StampWatch watch)
        {
            int code = Tool.Try(() =>
            {
                if (watch.TryRead(timeout) is { } copy)
                {
                    printer.Print(copy);
                    printer.Flush();
                    watch.Saw(copy.Stamp); // not to be printed twice
                    left--;
                }
            });
            if (code != ExitCode.Done)
            {
                watch.Leave(); // the others go on
                failed++;
                result = result == ExitCode.Done ? code : result;
            }

            return left > 0 && failed < watches.All.Count;
        }
    }

    /// <summary>Prints one value after the other.</summary>
    private sealed class ValuePrinter(Output output, bool json, bool full, FieldPath? field, bool withNames)
    {
        private bool _printed;

        /// <exception cref="ToolException">The value has no such field.</exception>
        internal void Print(SegmentCopy copy)
        {
            if (copy.IsTorn)
            {
                Tool.Complain($"the value of '{copy.Name}' is torn, a write to it has not ended: it is part old, part new until the next assign");
            }

            object? value = Select(copy);
            if (json)
            {
                output.Json(writer => Write(writer, copy, value));
                return;
            }

            if (withNames)
            {
                output.Line($"{(_printed ? "\n" : "")}# {Names.Printable(copy.Name)}, {Units.AgeText(copy.Stamp)}{(copy.Stamp == 0 ? "" : " ago")}");
            }
            else if (_printed && value is SharedDict or NDArray { Length: > 1 })
            {
                output.Line("---");
            }

            output.Line(copy.IsAssigned ? ValueText.Of(value, full) : "(never assigned)");
            _printed = true;
        }

        internal void Flush() => output.Flush();

        private object? Select(SegmentCopy copy)
        {
            if (!copy.IsAssigned)
            {
                return null;
            }

            object? value = copy.Value();
            try
            {
                return field is null ? value : field.Of(value);
            }
            catch (FormatException e)
            {
                throw ToolException.Failed($"'{copy.Name}' has no field {e.Message}");
            }
        }

        private void Write(Utf8JsonWriter writer, SegmentCopy copy, object? value)
        {
            writer.WriteStartObject();
            writer.WriteString("name", copy.Name);
            writer.WriteString("mtime", copy.Stamp.ToString(CultureInfo.InvariantCulture));
            writer.WriteNumber("size", copy.Outline.Size);
            if (field is not null)
            {
                writer.WriteString("field", field.Text);
            }

            if (copy.IsTorn)
            {
                writer.WriteBoolean("torn", true);
            }

            writer.WritePropertyName("value");
            if (copy.IsAssigned)
            {
                ValueJson.Write(writer, value);
            }
            else
            {
                writer.WriteNullValue();
            }

            writer.WriteEndObject();
        }
    }
}
