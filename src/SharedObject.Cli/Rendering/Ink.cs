using SharedObjects.Cli.Shell;

namespace SharedObjects.Cli.Rendering;

/// <summary>Colours of single words, where they are wanted.</summary>
internal static class Ink
{
    internal static string Green(string text) => Paint(32, text);

    internal static string Yellow(string text) => Paint(33, text);

    private static string Paint(int color, string text) => Output.HasColor ? $"\e[{color}m{text}\e[0m" : text;
}
