using SharedObjects.Cli.Following;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Shell;

namespace SharedObjects.Cli.Verbs;

/// <summary>How old values are when they are seen.</summary>
internal static class DelayVerb
{
    private static readonly double[] s_percentiles = [50, 90, 99];

    internal static Verb Create() => Measurement.Define(
        new Verb(
            "delay",
            "Show how old values are when they are first seen, as percentiles. Looks every 0.5 ms, which is part of what it shows.",
            """
            sharedobj delay arm_state
            """),
        Pace.Shortest, // the same step always: a longer one would show in the figures
        (meter, _) => $"min {Units.Time(meter.Ages.Min)}  p50 {Units.Time(meter.Ages.Percentile(50))}  p90 {Units.Time(meter.Ages.Percentile(90))}  "
            + $"p99 {Units.Time(meter.Ages.Percentile(99))}  max {Units.Time(meter.Ages.Max)}  of {Units.Plural(meter.Changes, "value")}",
        (json, meter, _) =>
        {
            json.WriteStartObject("delay");
            if (meter.Ages.Count > 0)
            {
                json.WriteNumber("min", meter.Ages.Min);
                foreach (double percent in s_percentiles)
                {
                    json.WriteNumber($"p{percent}", meter.Ages.Percentile(percent));
                }

                json.WriteNumber("max", meter.Ages.Max);
            }

            json.WriteEndObject();
        });
}
