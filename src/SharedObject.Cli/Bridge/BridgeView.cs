using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.Extensions.Logging;
using SharedObjects.Bridging;
using SharedObjects.Cli.Rendering;

namespace SharedObjects.Cli.Bridge;

/// <summary>The live table of a bridge: its connection, its objects, and the last lines of its log.</summary>
internal sealed class BridgeView(BridgeLog log)
{
    private const int LogLines = 5;

    /// <summary>The lines of one frame.</summary>
    internal List<string> Frame(BridgeStatus status, int width, int height)
    {
        List<string> lines = [Line(Title(status), width), Line(Peers(status), width), ""];
        var table = new TextTable("NAME", "WAY", ">RATE", ">BYTES/S", ">SIZE", ">AGE", ">LATENCY", ">DROPPED", "PROBLEM");
        int room = Math.Max(height - LogLines - 6, 1);
        foreach (BridgedObject item in status.Objects.Take(room))
        {
            table.Add(
                Names.Printable(item.Name),
                item.Direction == BridgeDirection.Publish ? "out" : "in",
                Units.Rate(item.ValuesPerSecond),
                Units.Size(item.BytesPerSecond),
                Units.Size(item.Size),
                item.Age is { } age ? Units.Time(age.TotalSeconds) : "never",
                item.Latency is { } latency ? Units.Time(latency.TotalSeconds) : "",
                (item.Superseded + item.Refused).ToString(System.Globalization.CultureInfo.InvariantCulture),
                item.Problem ?? "");
        }

        lines.AddRange(table.Lines().Select(line => Line(line, width)));
        if (status.Objects.Count > room)
        {
            lines.Add($"and {Units.Plural(status.Objects.Count - room, "more object")}");
        }

        lines.Add("");
        lines.AddRange(log.Last(LogLines).Select(line => (line.Level >= LogLevel.Warning ? "! " : "  ", line.Text)).Select(line => Line(line.Item1 + line.Text, width)));
        return lines;
    }

    private static string Title(BridgeStatus status)
    {
        string connection = status.Connection switch
        {
            BridgeConnection.Connected => $"connected for {Units.Time(status.ConnectedFor?.TotalSeconds ?? 0)}",
            BridgeConnection.Connecting => "connecting" + (status.Problem is { } problem ? $": {problem}" : ""),
            _ => "stopped",
        };
        return $"{status.Host} at {status.Broker.Host}: {connection}. q ends.";
    }

    private static string Peers(BridgeStatus status) =>
        status.Peers.Count == 0 ? "no other bridge is there" : $"with {string.Join(", ", status.Peers.Select(peer => Names.Printable(peer.Host)))}";

    private static string Line(string text, int width) => text.Length <= width ? text : text[..width];
}
