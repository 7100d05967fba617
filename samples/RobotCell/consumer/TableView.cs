using System;
using System.Numerics;
using SharedObjects.Samples.RobotCell.Schemas;
using Spectre.Console;

namespace SharedObjects.Samples.RobotCell;

/// <summary>A table that is drawn again in place; it fits a terminal of 80 columns and 24 rows.</summary>
internal sealed class TableView : IView
{
    private const int ScaleWidth = 25;

    public TimeSpan Interval => TimeSpan.FromMilliseconds(200);

    public void Run(Action<Action<Snapshot>> body) =>
        AnsiConsole.Live(new Text("")).Start(context => body(snapshot => context.UpdateTarget(Draw(snapshot))));

    private static Rows Draw(Snapshot snapshot) => new(
        Heading(snapshot), Text.Empty, Objects(snapshot), Text.Empty, Joints(snapshot.State), Text.Empty, Footer(snapshot));

    private static Markup Heading(Snapshot snapshot)
    {
        ArmState state = snapshot.State;
        string color = state.Mode switch
        {
            "moving" => "green",
            "stopped" => "red",
            _ => "yellow",
        };
        return new Markup(
            $"[bold]{snapshot.Elapsed.TotalSeconds:F1}[/] of {snapshot.Duration.TotalSeconds:F0} s   arm [{color}]{Markup.Escape(state.Mode)}[/]"
            + $"  speed {state.Speed:F2}  command {state.Command}  {(state.IsHealthy ? "[green]ok[/]" : "[red]not ok[/]")}");
    }

    private static Table Objects(Snapshot snapshot)
    {
        Table table = NewTable().AddColumn("[bold]object[/]");
        foreach (string heading in (string[])["values/s", "seen", "never seen", "age ms", "mean", "max"])
        {
            table.AddColumn(new TableColumn($"[bold]{heading}[/]").RightAligned());
        }

        foreach ((string label, RateMeter.Reading reading) in snapshot.Objects)
        {
            table.AddRow(
                label,
                $"{reading.RateNow:F0}",
                $"{reading.Values}",
                $"{reading.NeverSeen}",
                $"{reading.Age.TotalMilliseconds:F1}",
                $"{reading.MeanAge.TotalMilliseconds:F2}",
                $"{reading.MaxAge.TotalMilliseconds:F1}");
        }

        return table;
    }

    private static Table Joints(in ArmState state)
    {
        Table table = NewTable().AddColumn("[bold]joint[/]");
        foreach (string heading in (string[])["degrees", "deg/s", "N m"])
        {
            table.AddColumn(new TableColumn($"[bold]{heading}[/]").RightAligned());
        }

        table.AddColumn($"-120 {new string(' ', (ScaleWidth / 2) - 5)}0{new string(' ', (ScaleWidth / 2) - 4)}120");
        for (int i = 0; i < state.Qpos.Length; i++)
        {
            double degrees = double.RadiansToDegrees(state.Qpos[i]);
            table.AddRow(
                $"{i + 1}",
                Number(degrees),
                Number(double.RadiansToDegrees(state.Qvel[i])),
                Number(state.Qf[i]),
                Scale(degrees / 120));
        }

        return table;
    }

    private static Text Footer(Snapshot snapshot)
    {
        Vector3 tip = snapshot.State.Tcp.Position;
        return new Text(
            $"tool at {tip.X:F3} {tip.Y:F3} {tip.Z:F3} m   frame {snapshot.Frame} (f {snapshot.FocalLength:F0} px)   "
            + $"this process: {snapshot.Cpu:P1} cpu",
            new Style(foreground: Color.Grey));
    }

    private static string Scale(double place)
    {
        int at = (int)Math.Round((Math.Clamp(place, -1, 1) + 1) / 2 * (ScaleWidth - 1));
        return new string('·', at) + "█" + new string('·', ScaleWidth - 1 - at);
    }

    // Rounded first, and 0 added: there is no "-0.0" on a dial.
    private static string Number(double value) => $"{Math.Round(value, 1) + 0.0:F1}";

    private static Table NewTable() => new Table().Border(TableBorder.None);
}
