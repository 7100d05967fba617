using System;
using System.IO;

namespace SharedObjects.Cli.Rendering;

/// <summary>The terminal's size and colours.</summary>
internal static class Terminal
{
    internal const int UsualWidth = 80;
    internal const int UsualHeight = 24;

    internal static (int Width, int Height) Size()
    {
        try
        {
            (int width, int height) = (Console.WindowWidth, Console.WindowHeight);
            return (width > 0 ? width : UsualWidth, height > 0 ? height : UsualHeight);
        }
        catch (IOException)
        {
            return (UsualWidth, UsualHeight);
        }
    }

    /// <summary>Whether it shows any colour, and not only those of the palette of 256.</summary>
    internal static bool HasTrueColor { get; } = Environment.GetEnvironmentVariable("COLORTERM") is "truecolor" or "24bit";
}
