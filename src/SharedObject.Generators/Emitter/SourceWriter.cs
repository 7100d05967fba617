using System;
using System.Text;

namespace SharedObjects.Generators.Emitter;

/// <summary>Writes lines at the current indentation; a text of several lines (a raw string, say) is indented as a block.</summary>
internal sealed class SourceWriter
{
    private const int SpacesPerLevel = 4;

    private readonly StringBuilder _text = new();

    internal int Indentation { get; set; }

    internal void WriteLine() => _text.Append('\n');

    internal void WriteLine(string text)
    {
        // Raw strings have the line ends of the file that they are in, which git may have changed.
        foreach (string line in text.Replace("\r\n", "\n").Split('\n'))
        {
            if (line.Length > 0)
            {
                _text.Append(' ', Indentation * SpacesPerLevel).Append(line);
            }

            _text.Append('\n');
        }
    }

    internal void OpenBlock()
    {
        WriteLine("{");
        Indentation++;
    }

    internal void CloseBlock()
    {
        if (Indentation == 0)
        {
            throw new InvalidOperationException("There is no block to close.");
        }

        Indentation--;
        WriteLine("}");
    }

    public override string ToString() => _text.ToString();
}
