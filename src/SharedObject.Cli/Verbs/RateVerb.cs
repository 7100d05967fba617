using System;
using SharedObjects.Cli.Following;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Shell;

namespace SharedObjects.Cli.Verbs;

/// <summary>How often objects change.</summary>
internal static class RateVerb
{
    internal static Verb Create() => Measurement.Define(
        new Verb(
            "hz",
            "Show how often objects change, and how evenly. Changes faster than one looks (0.5 ms) count as one: a lower bound.",
            """
            sharedobj hz arm_state rs_color
            sharedobj hz rs_color --interval 5 --duration 30
            """),
        Pace.Longest,
        (meter, seconds) => $"at least {Units.Rate(Measurement.Rate(meter, seconds))}"
            + (meter.Periods.Count == 0 ? "" : $"  every {Units.Time(meter.Periods.Mean)} (sd {Units.Time(meter.Periods.Deviation)}, "
                + $"min {Units.Time(meter.Periods.Min)}, max {Units.Time(meter.Periods.Max)})")
            + $"  {Units.Plural(meter.Changes, "change")}",
        (json, meter, seconds) =>
        {
            json.WriteNumber("hz_at_least", Math.Round(Measurement.Rate(meter, seconds), 3));
            json.WriteStartObject("period");
            if (meter.Periods.Count > 0)
            {
                json.WriteNumber("mean", meter.Periods.Mean);
                json.WriteNumber("sd", meter.Periods.Deviation);
                json.WriteNumber("min", meter.Periods.Min);
                json.WriteNumber("max", meter.Periods.Max);
            }

            json.WriteEndObject();
        });
}
