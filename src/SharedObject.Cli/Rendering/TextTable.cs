using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace SharedObjects.Cli.Rendering;

/// <summary>Columns with two spaces between them, for output that is also cut by awk; a heading that begins with '&gt;' is right-aligned.</summary>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> _rows = [[.. headings.Select(heading => heading.TrimStart('>'))]];

    internal bool IsEmpty => _rows.Count == 1;

    internal void Add(params string[] cells) => _rows.Add(cells);

    internal IEnumerable<string> Lines()
    {
        int[] widths = [.. Enumerable.Range(0, headings.Length).Select(column => _rows.Max(row => row[column].Length))];
        foreach (string[] row in _rows)
        {
            var line = new StringBuilder();
            for (int i = 0; i < row.Length; i++)
            {
                line.Append(i == 0 ? "" : "  ").Append(headings[i].StartsWith('>') ? row[i].PadLeft(widths[i]) : row[i].PadRight(widths[i]));
            }

            yield return line.ToString().TrimEnd();
        }
    }
}
