using System;
using System.IO;
using BigGustave;

namespace SharedObjects.Samples.RobotCell;

/// <summary>Writes pictures.</summary>
internal static class PngWriter
{
    /// <param name="path">The file, which is replaced.</param>
    /// <param name="rgb">Rows of red, green and blue.</param>
    /// <param name="width">The length of a row in pixels.</param>
    public static void Write(string path, ReadOnlySpan<byte> rgb, int width)
    {
        int height = rgb.Length / (3 * width);
        PngBuilder builder = PngBuilder.Create(width, height, hasAlphaChannel: false);
        for (int i = 0; i < width * height; i++)
        {
            builder.SetPixel(rgb[3 * i], rgb[(3 * i) + 1], rgb[(3 * i) + 2], i % width, i / width);
        }

        using FileStream file = File.Create(path);
        builder.Save(file, new PngBuilder.SaveOptions { AttemptCompression = true });
    }
}
