namespace SharedObjects.Cli.Rendering;

/// <summary>A picture that can be drawn or saved.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Format">What a pixel is.</param>
/// <param name="Pixels">The rows from the top; numbers of 16 bits are big-endian, as PNG has them.</param>
/// <param name="Low">What the lowest colour stands for, where numbers became colours.</param>
/// <param name="High">What the highest stands for.</param>
internal sealed record Picture(int Width, int Height, PixelFormat Format, byte[] Pixels, double? Low = null, double? High = null)
{
    /// <summary>One pixel's colour; of 16 bits the upper 8.</summary>
    internal (byte Red, byte Green, byte Blue) ColorAt(int x, int y)
    {
        int at = ((y * Width) + x) * Format.BytesPerPixel;
        return Format.Channels < 3
            ? (Pixels[at], Pixels[at], Pixels[at])
            : (Pixels[at], Pixels[at + 1], Pixels[at + 2]);
    }
}
