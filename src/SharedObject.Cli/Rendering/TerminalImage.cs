using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace SharedObjects.Cli.Rendering;

/// <summary>Draws pictures in a terminal: each character is two pixels, the upper one its ink and the lower one its paper.</summary>
internal static class TerminalImage
{
    /// <summary>The lines of a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="columns">How wide it may be, in characters.</param>
    /// <param name="rows">How high it may be, in characters.</param>
    internal static IEnumerable<string> Lines(Picture picture, int columns, int rows)
    {
        // Half a character is about as wide as high, so that pixels stay square.
        double scale = Math.Max(Math.Max((double)picture.Width / columns, (double)picture.Height / (2 * rows)), 1);
        int width = Math.Max((int)(picture.Width / scale), 1);
        int height = Math.Max((int)(picture.Height / scale), 1);
        for (int y = 0; y < height; y += 2)
        {
            var line = new StringBuilder();
            string last = "";
            for (int x = 0; x < width; x++)
            {
                string colors = Color(38, Average(x, y)) + (y + 1 < height ? Color(48, Average(x, y + 1)) : "\e[49m");
                line.Append(colors == last ? "" : colors).Append('▀');
                last = colors;
            }

            yield return line.Append("\e[0m").ToString();
        }

        (int Red, int Green, int Blue) Average(int x, int y)
        {
            int left = x * picture.Width / width, right = Math.Max((x + 1) * picture.Width / width, left + 1);
            int top = y * picture.Height / height, bottom = Math.Max((y + 1) * picture.Height / height, top + 1);
            int red = 0, green = 0, blue = 0;
            for (int j = top; j < bottom; j++)
            {
                for (int i = left; i < right; i++)
                {
                    (byte r, byte g, byte b) = picture.ColorAt(i, j);
                    red += r;
                    green += g;
                    blue += b;
                }
            }

            int count = (right - left) * (bottom - top);
            return (red / count, green / count, blue / count);
        }
    }

    private static string Color(int where, (int Red, int Green, int Blue) color) => Terminal.HasTrueColor
        ? string.Create(CultureInfo.InvariantCulture, $"\e[{where};2;{color.Red};{color.Green};{color.Blue}m")
        : string.Create(CultureInfo.InvariantCulture, $"\e[{where};5;{Palette(color)}m");

    // xterm's cube of 6 x 6 x 6: levels 0, 95, 135, 175, 215, 255; and 24 greys from 8 to 238.
    private static int Palette((int Red, int Green, int Blue) color)
    {
        if (Math.Max(Math.Abs(color.Red - color.Green), Math.Abs(color.Green - color.Blue)) < 8 && color.Green is > 4 and < 243)
        {
            return 232 + Math.Clamp((color.Green - 3) / 10, 0, 23);
        }

        return 16 + (36 * Level(color.Red)) + (6 * Level(color.Green)) + Level(color.Blue);

        static int Level(int value) => value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40;
    }
}
