using System;
using System.CommandLine;
using System.Diagnostics;
using SharedObjects.Cli.Following;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Shell;
using SharedObjects.Cli.Top;
using SharedObjects.Interop;

namespace SharedObjects.Cli.Verbs;

/// <summary>A live table of all objects.</summary>
internal static class TopVerb
{
    internal static Verb Create()
    {
        Option<double> interval = Common.Seconds("--interval", 0.5, "How often to draw, in seconds.");
        Option<double> duration = Common.Duration();
        Option<bool> json = Common.Json();
        var verb = new Verb(
            "top",
            "Watch all shared objects in a live table: rate, age, size. Keys: q, s (sort), / (filter), arrows, Enter (look into one).",
            """
            sharedobj top
            sharedobj top --json --interval 1 --duration 5
            """)
        { interval, duration, json };
        return verb.Does((parsed, output) =>
        {
            if (!parsed.GetValue(json) && !Output.IsTerminal)
            {
                throw ToolException.Usage("top draws in a terminal; elsewhere, use top --json or list");
            }

            using var interruption = new Interruption(parsed.GetValue(duration));
            using var activities = new Activities();
            if (parsed.GetValue(json))
            {
                Run(activities, interruption, parsed.GetValue(interval), () => Write(output, activities), drawAtOnce: false);
            }
            else
            {
                Draw(output, activities, interruption, parsed.GetValue(interval));
            }

            return ExitCode.Done;
        });
    }

    private static void Draw(Output output, Activities activities, Interruption interruption, double interval)
    {
        using var screen = new Screen(output);
        var view = new TopView();
        (int Width, int Height) size = default;
        Run(activities, interruption, interval, Frame, drawAtOnce: true, () =>
        {
            while (screen.TryGetKey(out ConsoleKeyInfo key))
            {
                view.Press(key, activities.All);
            }

            if (view.Quit)
            {
                interruption.Stop();
            }
            else if (view.HasChanged || size != Terminal.Size())
            {
                Frame();
            }
        });

        void Frame()
        {
            size = Terminal.Size();
            view.HasChanged = false;
            screen.Draw(view.Frame(activities.All, size.Width, size.Height));
        }
    }

    private static void Run(Activities activities, Interruption interruption, double interval, Action report, bool drawAtOnce, Action? afterLook = null)
    {
        long reported = Stopwatch.GetTimestamp();
        activities.Poll();
        bool hasReported = drawAtOnce;
        if (drawAtOnce)
        {
            report();
        }

        while (!interruption.Requested)
        {
            Posix.Sleep(Pace.Shortest);
            activities.Poll();
            afterLook?.Invoke();
            if (Stopwatch.GetElapsedTime(reported).TotalSeconds >= interval && !interruption.Requested)
            {
                reported = Stopwatch.GetTimestamp();
                hasReported = true;
                report();
            }
        }

        if (!hasReported)
        {
            report();
        }
    }

    private static void Write(Output output, Activities activities)
    {
        output.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("time", Math.Round(Posix.Now() / 1e9, 6));
            writer.WriteStartArray("objects");
            foreach (ObjectActivity activity in activities.All)
            {
                writer.WriteStartObject();
                writer.WriteString("name", activity.Name);
                LayoutJson.WriteType(writer, activity.Watch.Outline.Layout.Value);
                writer.WriteNumber("size", activity.Size);
                writer.WriteNumber("hz_at_least", Math.Round(activity.Rate, 3));
                writer.WriteNumber("bytes_per_second_at_least", Math.Round(activity.BytesPerSecond));
                if (activity.Watch.Stamp == 0)
                {
                    writer.WriteNull("age");
                }
                else
                {
                    writer.WriteNumber("age", Math.Round(Units.Age(activity.Watch.Stamp), 6));
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        output.Flush();
    }
}
