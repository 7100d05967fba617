using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Linq;
using System.Text.Json;
using SharedObjects.Cli.Following;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Shell;

namespace SharedObjects.Cli.Verbs;

/// <summary>What <c>hz</c>, <c>bw</c> and <c>delay</c> have in common: they watch objects, and report of each at the end of every interval.</summary>
internal static class Measurement
{
    /// <summary>The verb.</summary>
    /// <param name="verb">Its name, description and examples.</param>
    /// <param name="longestStep">The longest sleep between two looks.</param>
    /// <param name="describe">A report for people; there were changes.</param>
    /// <param name="write">The report's own fields of JSON; there may have been none.</param>
    internal static Verb Define(Verb verb, TimeSpan longestStep, Func<Meter, double, string> describe, Action<Utf8JsonWriter, Meter, double> write)
    {
        Argument<string[]> names = Common.Names();
        Option<double> interval = Common.Seconds("--interval", 1, "How long to watch for each report, in seconds.");
        Option<double> duration = Common.Duration();
        Option<bool> json = Common.Json();
        verb.Add(names);
        verb.Add(interval);
        verb.Add(duration);
        verb.Add(json);
        return verb.Does((parsed, output) =>
        {
            using StampWatches watches = StampWatches.Open(parsed.GetValue(names)!, out int result);
            if (watches.All.Count == 0)
            {
                return result;
            }

            Dictionary<StampWatch, Meter> meters = watches.All.ToDictionary(watch => watch, watch => new Meter(watch));
            int width = watches.All.Max(watch => Names.Printable(watch.Name).Length);
            double length = parsed.GetValue(interval);
            // Only now, as on a busy machine the time would be over before anything was seen.
            using var interruption = new Interruption(parsed.GetValue(duration));
            bool hasReported = false;
            long began = Stopwatch.GetTimestamp();
            watches.Run(interruption, longestStep, OnChange, () =>
            {
                if (Stopwatch.GetElapsedTime(began).TotalSeconds >= length)
                {
                    Report();
                }
            });

            // What is left of the last interval, unless it is too short to say anything and there was another.
            if (!hasReported || Stopwatch.GetElapsedTime(began).TotalSeconds >= length / 2)
            {
                Report();
            }

            return result;

            bool OnChange(StampWatch watch)
            {
                meters[watch].Count();
                return true;
            }

            void Report()
            {
                double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
                foreach (StampWatch watch in watches.All)
                {
                    Meter meter = meters[watch];
                    if (parsed.GetValue(json))
                    {
                        output.Json(writer =>
                        {
                            writer.WriteStartObject();
                            writer.WriteString("name", meter.Name);
                            writer.WriteNumber("seconds", Math.Round(seconds, 3));
                            writer.WriteNumber("changes", meter.Changes);
                            write(writer, meter, seconds);
                            writer.WriteEndObject();
                        });
                    }
                    else
                    {
                        string text = meter.Changes > 0 ? describe(meter, seconds)
                            : watch.IsThere ? $"no change in {Units.Time(seconds)}" : "gone: there is no such object now";
                        output.Line($"{Names.Printable(meter.Name).PadRight(width)}  {text}");
                    }

                    meter.Clear();
                }

                output.Flush();
                hasReported = true;
                began = Stopwatch.GetTimestamp();
            }
        });
    }

    /// <summary>Changes a second: by their stamps where there are two, else by our clock.</summary>
    internal static double Rate(Meter meter, double seconds) =>
        meter.Periods.Count > 0 && meter.Periods.Mean > 0 && meter.Changes > 1 ? 1 / meter.Periods.Mean : meter.Changes / seconds;
}
