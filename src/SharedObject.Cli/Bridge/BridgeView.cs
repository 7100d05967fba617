using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.Extensions.Logging;
using SharedObjects.Bridging;
using SharedObjects.Cli.Rendering;
using Spectre.Console;

namespace SharedObjects.Cli.Bridge;

/// <summary>The live table of a bridge: its connection, its objects, and the last lines of its log.</summary>
internal sealed class BridgeView(BridgeLog log)
{
    private const int LogLines = 5, OtherLines = 5;
    private const int LeastName = 12, Number = 9;

    private static readonly (string Heading, int Width)[] s_numbers =
        [("RATE", Number), ("BYTES/S", Number), ("SIZE", Number), ("AGE", Number), ("LATENCY", Number), ("DROPPED", Number)];

    /// <summary>The lines of one frame.</summary>
    internal IReadOnlyList<string> Frame(BridgeStatus status, int width, int height)
    {
        int rows = System.Math.Max(height - LogLines - OtherLines, 1);
        int fixedWidth = s_numbers.Sum(column => column.Width + 1) + 4;
        int left = System.Math.Max(width - fixedWidth, 2 * LeastName);
        int name = System.Math.Clamp(status.Objects.Select(item => item.Name.Length).DefaultIfEmpty(0).Max(), LeastName, left - LeastName);
        int problem = left - name - 1;
        Table table = new Table().Border(TableBorder.None);
        table.AddColumn(Column("NAME", name));
        table.AddColumn(Column("", 3));
        foreach ((string heading, int columnWidth) in s_numbers)
        {
            table.AddColumn(Column(heading, columnWidth).RightAligned());
        }

        table.AddColumn(Column("PROBLEM", problem));
        foreach (BridgedObject item in status.Objects.Take(rows))
        {
            table.AddRow(
                Cell(Names.Printable(item.Name), name),
                Cell(item.Direction == BridgeDirection.Publish ? "out" : "in", 3),
                Cell(item.ValuesPerSecond > 0 ? Units.Rate(item.ValuesPerSecond) : "-", Number, item.ValuesPerSecond > 0 ? Color.Green : Color.Default),
                Cell(Units.Size(item.BytesPerSecond), Number),
                Cell(Units.Size(item.Size), Number),
                Cell(item.Age is { } age ? Units.Time(age.TotalSeconds) : "never", Number),
                Cell(item.Latency is { } latency ? Units.Time(latency.TotalSeconds) : "-", Number),
                Cell((item.Superseded + item.Refused).ToString(CultureInfo.InvariantCulture), Number),
                Cell(item.Problem ?? "", problem, Color.Yellow));
        }

        List<string> lines = [LiveTable.Cut(Title(status), width), LiveTable.Cut(Peers(status), width)];
        lines.AddRange(LiveTable.Render(table, width, rows + 1));
        if (status.Objects.Count > rows)
        {
            lines.Add($"and {Units.Plural(status.Objects.Count - rows, "more object")}");
        }

        while (lines.Count < height - LogLines - 1)
        {
            lines.Add("");
        }

        lines.AddRange(log.Last(LogLines).Select(line => LiveTable.Cut((line.Level >= LogLevel.Warning ? "! " : "  ") + Names.Printable(line.Text), width)));
        return lines;
    }

    private static TableColumn Column(string heading, int width) => new(heading) { Width = width, NoWrap = true, Padding = new Padding(0, 0, 1, 0) };

    // Cut here, as the table would wrap.
    private static Text Cell(string text, int width, Color? color = null) => new(LiveTable.Cut(text, width), new Style(color));

    private static string Title(BridgeStatus status) => status.Connection switch
    {
        BridgeConnection.Connected => $"sharedobj bridge  {status.Host} at {status.Broker.Host}, connected for {Units.Time(status.ConnectedFor?.TotalSeconds ?? 0)}  q quit",
        _ => $"sharedobj bridge  {status.Host}, connecting to {status.Broker.Host}{(status.Problem is { } problem ? $": {problem}" : "")}  q quit",
    };

    private static string Peers(BridgeStatus status) => status.Peers.Count == 0
        ? "no other bridge is there"
        : $"with {string.Join(", ", status.Peers.Select(peer => Names.Printable(peer.Host)))}";
}
