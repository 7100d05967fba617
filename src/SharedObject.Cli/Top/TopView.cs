using System;
using System.Collections.Generic;
using System.Linq;
using SharedObjects.Cli.Linux;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Shell;
using SharedObjects.Cli.Values;
using SharedObjects.Sync;
using Spectre.Console;

namespace SharedObjects.Cli.Top;

/// <summary>What <c>top</c> shows, and what its keys do.</summary>
internal sealed class TopView
{
    private const int SparklineWidth = 10;
    private const int FirstNumber = 2, LastNumber = 4;
    private const double LockWait = 0.05;
    private static readonly string[] s_headings = ["NAME", "TYPE", "SIZE", "RATE", "AGE", "LOCK", "HISTORY"];
    private static readonly int[] s_leftOutFirst = [6, 5, 1, 2, 4]; // of a narrow terminal; what remains fits into 21 columns

    private SortOrder _order = SortOrder.Rate;
    private string _filter = "";
    private bool _typing;
    private string? _selected;
    private string? _opened;
    private int _first;

    internal bool Quit { get; private set; }

    /// <summary>Whether the frame must not wait for its turn.</summary>
    internal bool HasChanged { get; set; }

    internal void Press(ConsoleKeyInfo key, IReadOnlyCollection<ObjectActivity> all)
    {
        HasChanged = true;
        if (_typing)
        {
            Type(key);
            return;
        }

        switch (key.Key)
        {
            case ConsoleKey.Q:
                Quit = true;
                break;
            case ConsoleKey.Escape or ConsoleKey.LeftArrow:
                _filter = _opened is null ? "" : _filter;
                _opened = null;
                break;
            case ConsoleKey.Enter or ConsoleKey.RightArrow:
                _opened = _opened is null ? _selected : null;
                break;
            case ConsoleKey.S:
                _order = (SortOrder)(((int)_order + 1) % Enum.GetValues<SortOrder>().Length);
                break;
            case ConsoleKey.UpArrow or ConsoleKey.K:
                Move(-1, all);
                break;
            case ConsoleKey.DownArrow or ConsoleKey.J:
                Move(1, all);
                break;
            default:
                _typing = key.KeyChar == '/';
                _filter = _typing ? "" : _filter;
                break;
        }
    }

    internal IReadOnlyList<string> Frame(IReadOnlyCollection<ObjectActivity> all, int width, int height)
    {
        ObjectActivity[] shown = Shown(all);
        if (shown.Length > 0 && !shown.Any(activity => activity.Name == _selected))
        {
            _selected = shown[0].Name;
        }

        return all.FirstOrDefault(activity => activity.Name == _opened) is { } opened
            ? Details(opened, width, height)
            : Table(all, shown, width, height);
    }

    private void Type(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                _typing = false;
                break;
            case ConsoleKey.Escape:
                _typing = false;
                _filter = "";
                break;
            case ConsoleKey.Backspace:
                _filter = _filter.Length > 0 ? _filter[..^1] : "";
                break;
            default:
                _filter += char.IsControl(key.KeyChar) ? "" : key.KeyChar;
                break;
        }
    }

    private void Move(int step, IReadOnlyCollection<ObjectActivity> all)
    {
        ObjectActivity[] shown = Shown(all);
        int at = Array.FindIndex(shown, activity => activity.Name == _selected);
        if (shown.Length > 0)
        {
            _selected = shown[Math.Clamp(at + step, 0, shown.Length - 1)].Name;
            _opened = _opened is null ? null : _selected;
        }
    }

    private ObjectActivity[] Shown(IReadOnlyCollection<ObjectActivity> all)
    {
        IEnumerable<ObjectActivity> found = all.Where(activity => activity.Name.Contains(_filter, StringComparison.OrdinalIgnoreCase));

        // They come sorted by name, which stays the order of equals.
        return _order switch
        {
            SortOrder.Rate => [.. found.OrderByDescending(activity => Math.Round(activity.Rate))],
            SortOrder.Bandwidth => [.. found.OrderByDescending(activity => Math.Round(activity.BytesPerSecond))],
            SortOrder.Age => [.. found.OrderByDescending(activity => activity.Watch.Stamp)],
            SortOrder.Size => [.. found.OrderByDescending(activity => activity.Size)],
            _ => [.. found],
        };
    }

    private List<string> Table(IReadOnlyCollection<ObjectActivity> all, ObjectActivity[] shown, int width, int height)
    {
        int rows = Math.Max(height - 3, 1);
        int selected = Array.FindIndex(shown, activity => activity.Name == _selected);
        _first = Math.Clamp(_first, Math.Max(selected - rows + 1, 0), Math.Max(selected, 0));
        SegmentLocks locks = SegmentLocks.Read();
        int[] widths = Widths(shown, width);
        Table table = new Table().Border(TableBorder.None);
        int[] columns = [.. Enumerable.Range(0, s_headings.Length).Where(column => widths[column] > 0)];
        foreach (int i in columns)
        {
            var column = new TableColumn(s_headings[i]) { Width = widths[i], NoWrap = true, Padding = new Padding(0, 0, i == columns[^1] ? 0 : 1, 0) };
            table.AddColumn(i is >= FirstNumber and <= LastNumber ? column.RightAligned() : column);
        }

        foreach (ObjectActivity activity in shown.Skip(_first).Take(rows))
        {
            var style = new Style(decoration: activity.Name == _selected ? Decoration.Invert : Decoration.None);
            double rate = activity.Rate;
            LockEntry? held = locks.FirstOf(activity.Watch.Outline.Status);
            Text[] cells =
            [
                Cell(0, Names.Printable(activity.Name), style),
                Cell(1, LayoutText.Short(activity.Watch.Outline.Layout.Value), style),
                Cell(2, Units.Size(activity.Size), style),
                Cell(3, rate > 0 ? Units.Rate(rate) : "-", rate > 0 ? style.Foreground(Color.Green) : style),
                Cell(4, activity.Watch.IsThere ? Units.AgeText(activity.Watch.Stamp) : "gone", style),
                Cell(5, held is null ? "" : held.IsWriter ? "writer" : "reader", style),
                Cell(6, Sparkline.Of(activity.History, SparklineWidth), new Style(Color.Aqua)),
            ];
            table.AddRow(columns.Select(column => cells[column]));
        }

        // Cut here, as the table would wrap.
        Text Cell(int column, string text, Style style) => new(LiveTable.Cut(text, widths[column]), style);

        string bandwidth = Units.Size(all.Sum(activity => activity.BytesPerSecond));
        var lines = new List<string>
        {
            LiveTable.Cut($"sharedobj top  {all.Count} objects, {all.Count(activity => activity.Rate > 0)} changing, at least {bandwidth}/s", width),
        };
        lines.AddRange(LiveTable.Render(table, width, rows + 1));
        while (lines.Count < height - 1)
        {
            lines.Add("");
        }

        lines.Add(LiveTable.Cut(
            _typing ? $"filter: {Names.Printable(_filter)}_"
                : $"q quit  s sort: {_order.ToString().ToLowerInvariant()}  / filter{(_filter.Length > 0 ? $": {Names.Printable(_filter)} (Esc clears)" : "")}  arrows, Enter look into",
            width));
        return lines;
    }

    private static List<string> Details(ObjectActivity activity, int width, int height)
    {
        var lines = new List<string>
        {
            LiveTable.Cut($"{Names.Printable(activity.Name)}  {LayoutText.Short(activity.Watch.Outline.Layout.Value)}, {Units.Size(activity.Size)}", width),
            LiveTable.Cut($"at least {Units.Rate(activity.Rate)}, {Units.OldText(activity.Watch.Stamp)}  {Sparkline.Of(activity.History, SparklineWidth)}", width),
            "",
        };
        lines.AddRange(Value(activity).Split('\n').Select(line => LiveTable.Cut(line, width)).Take(Math.Max(height - lines.Count - 1, 1)));
        while (lines.Count < height - 1)
        {
            lines.Add("");
        }

        lines.Add(LiveTable.Cut("q quit  Esc back  arrows: the next one", width));
        return lines;
    }

    private static string Value(ObjectActivity activity)
    {
        try
        {
            return activity.Watch.TryRead(LockWait) switch
            {
                null => "(gone)",
                { IsAssigned: false } => "(never assigned)",
                var copy => (copy.IsTorn ? "(torn: a write has not ended)\n" : "") + ValueText.Of(copy.Value(), full: false),
            };
        }
        catch (Exception e) when (e is ToolException or SharedObjectException)
        {
            return e.Message;
        }
    }

    /// <summary>Fixed but for names and types, which share what is left as they need it; 0 for a column that there is no room for.</summary>
    private static int[] Widths(ObjectActivity[] shown, int width)
    {
        const int Name = 0, Type = 1, Least = 12;
        int[] widths = [Least, Least, 8, 8, 8, 6, SparklineWidth];
        int Left() => width - widths.Sum(one => one > 0 ? one + 1 : 0) + 1;
        for (int i = 0; i < s_leftOutFirst.Length && Left() < 0; i++)
        {
            widths[s_leftOutFirst[i]] = 0;
        }

        widths[Name] = Math.Clamp(shown.Select(activity => activity.Name.Length).DefaultIfEmpty(0).Max(), Least, Math.Max(Least + Left(), Least));
        if (widths[Type] > 0)
        {
            int type = shown.Select(activity => LayoutText.Short(activity.Watch.Outline.Layout.Value).Length).DefaultIfEmpty(0).Max();
            widths[Type] = Math.Clamp(type, Least, Least + Left());
        }

        return widths;
    }
}
