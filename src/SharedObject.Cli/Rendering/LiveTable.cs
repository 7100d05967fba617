using System;
using System.IO;
using System.Linq;
using SharedObjects.Cli.Shell;
using Spectre.Console;

namespace SharedObjects.Cli.Rendering;

/// <summary>Tables of Spectre.Console as lines of a <see cref="Screen"/>.</summary>
internal static class LiveTable
{
    /// <summary>A text in so many columns; one that was cut ends in an ellipsis.</summary>
    internal static string Cut(string text, int width) => text.Length <= width ? text : text[..Math.Max(width - 1, 0)] + "…";

    /// <summary>The lines of a table, with escape sequences.</summary>
    internal static string[] Render(Table table, int width, int rows)
    {
        using var writer = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = Output.HasColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new FixedOutput(writer, width, rows),
        });
        console.Write(table);
        return writer.ToString().TrimEnd('\n').Split('\n').Take(rows).ToArray();
    }

    /// <summary>Text of a given size, as Spectre.Console wants to know it.</summary>
    private sealed class FixedOutput(TextWriter writer, int width, int height) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => true;

        public int Width => width;

        public int Height => height;

        public void SetEncoding(System.Text.Encoding encoding)
        {
            // It is text, and gets its encoding when it is printed.
        }
    }
}
