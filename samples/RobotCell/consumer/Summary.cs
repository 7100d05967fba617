using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;

namespace SharedObjects.Samples.RobotCell;

/// <summary>How a run went.</summary>
/// <param name="Elapsed">How long the cell was watched.</param>
/// <param name="Objects">The watched objects and what their meters read.</param>
/// <param name="CommandLatencies">From each command to the first state that answered it.</param>
/// <param name="Cpu">This process's share of one core.</param>
/// <param name="Images">What was written.</param>
internal sealed record Summary(
    TimeSpan Elapsed,
    IReadOnlyList<(string Label, RateMeter.Reading Reading)> Objects,
    IReadOnlyList<TimeSpan> CommandLatencies,
    double Cpu,
    Images Images)
{
    public void Print(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"{"object",-10} {"seen",7} {"values/s",9} {"never seen",11} {"mean age",10} {"max age",10}");
        foreach ((string label, RateMeter.Reading reading) in Objects)
        {
            output.WriteLine(
                $"{label,-10} {reading.Values,7} {reading.Rate,9:F1} {reading.NeverSeen,11} "
                + $"{reading.MeanAge.TotalMilliseconds,7:F2} ms {reading.MaxAge.TotalMilliseconds,7:F1} ms");
        }

        string latencies = string.Join(", ", CommandLatencies.Select(static latency => $"{latency.TotalMilliseconds:F2} ms"));
        output.WriteLine($"commands obeyed: {CommandLatencies.Count} (after {latencies})");
        output.WriteLine($"processes lost: none; objects left behind: none; own cpu: {Cpu:P1}");
        output.WriteLine(Images.Color);
        output.WriteLine($"{Images.Depth}  ({Images.Near:F2} m red, {Images.Far:F2} m violet, black: not measured)");
    }

    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("ok", true);
            json.WriteNumber("seconds", Math.Round(Elapsed.TotalSeconds, 3));
            json.WriteNumber("cpu", Math.Round(Cpu, 4));
            json.WriteStartObject("objects");
            foreach ((string label, RateMeter.Reading reading) in Objects)
            {
                json.WriteStartObject(label);
                json.WriteNumber("values", reading.Values);
                json.WriteNumber("rate", Math.Round(reading.Rate, 2));
                json.WriteNumber("neverSeen", reading.NeverSeen);
                json.WriteNumber("meanAgeMs", Math.Round(reading.MeanAge.TotalMilliseconds, 3));
                json.WriteNumber("maxAgeMs", Math.Round(reading.MaxAge.TotalMilliseconds, 3));
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteStartArray("commandLatenciesMs");
            foreach (TimeSpan latency in CommandLatencies)
            {
                json.WriteNumberValue(Math.Round(latency.TotalMilliseconds, 3));
            }

            json.WriteEndArray();
            json.WriteStartArray("images");
            json.WriteStringValue(Images.Color);
            json.WriteStringValue(Images.Depth);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
