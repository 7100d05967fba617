using System;
using SharedObjects.Cli.Following;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Shell;

namespace SharedObjects.Cli.Verbs;

/// <summary>How many bytes a second are published.</summary>
internal static class BandwidthVerb
{
    internal static Verb Create() => Measurement.Define(
        new Verb(
            "bw",
            "Show how many bytes a second objects publish: changes seen times the object's size, a lower bound.",
            """
            sharedobj bw rs_color rs_depth
            """),
        Pace.Longest,
        (meter, seconds) => $"at least {Units.Size(Bandwidth(meter, seconds))}/s  "
            + $"({Units.Size(meter.ObjectSize)} at {Units.Rate(Measurement.Rate(meter, seconds))})  {Units.Plural(meter.Changes, "change")}",
        (json, meter, seconds) =>
        {
            json.WriteNumber("size", Math.Round(meter.ObjectSize));
            json.WriteNumber("bytes_per_second_at_least", Math.Round(Bandwidth(meter, seconds)));
        });

    private static double Bandwidth(Meter meter, double seconds) => Measurement.Rate(meter, seconds) * meter.ObjectSize;
}
