using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Threading;
using SharedObjects.Cli.Shell;

namespace SharedObjects.Cli.Rendering;

/// <summary>
/// The whole terminal, drawn line by line on its alternate screen; what was there before comes back at the end, and so does the cursor.
/// </summary>
internal sealed class Screen : IDisposable
{
    private readonly Output _output;
    private readonly ConcurrentQueue<ConsoleKeyInfo> _keys = new();

    internal Screen(Output output)
    {
        _output = output;
        _output.Text("\e[?1049h\e[?25l\e[2J");
        _output.Flush();
        if (!Console.IsInputRedirected)
        {
            // A thread that always reads: the terminal echoes what is typed while nobody does.
            new Thread(ReadKeys) { IsBackground = true, Name = "keys" }.Start();
        }
    }

    internal bool TryGetKey(out ConsoleKeyInfo key) => _keys.TryDequeue(out key);

    /// <summary>Draws from the top; lines hold escape sequences and are no wider than the terminal.</summary>
    internal void Draw(IReadOnlyList<string> lines)
    {
        (_, int height) = Terminal.Size();
        var frame = new StringBuilder();
        for (int i = 0; i < Math.Min(lines.Count, height); i++)
        {
            // Each line by its place: a line end behind the last would scroll. Cleared first: a full one has no end to clear from.
            frame.Append(CultureInfo.InvariantCulture, $"\e[{i + 1};1H\e[2K").Append(lines[i]).Append("\e[0m");
        }

        _output.Text(frame.ToString());
        _output.Flush();
    }

    public void Dispose()
    {
        try
        {
            _output.Text("\e[0m\e[?25h\e[?1049l");
            _output.Flush();
        }
        catch (BrokenPipeException)
        {
            // The terminal has gone, and needs nothing back.
        }
    }

    private void ReadKeys()
    {
        try
        {
            while (true)
            {
                _keys.Enqueue(Console.ReadKey(intercept: true));
            }
        }
        catch (InvalidOperationException)
        {
            // Standard input was closed: there are no more keys.
        }
    }
}
