namespace SharedObjects.Cli.Rendering;

/// <summary>What a pixel is, as PNG counts it (PNG specification, table 11.1).</summary>
/// <param name="Channels">1 grey, 3 red green blue, 4 with alpha.</param>
/// <param name="BitDepth">8, or 16 for grey.</param>
/// <param name="PngColorType">PNG's number of it.</param>
internal sealed record PixelFormat(int Channels, int BitDepth, byte PngColorType)
{
    internal static PixelFormat Gray { get; } = new(1, 8, 0);

    internal static PixelFormat Gray16 { get; } = new(1, 16, 0);

    internal static PixelFormat Rgb { get; } = new(3, 8, 2);

    internal static PixelFormat Rgba { get; } = new(4, 8, 6);

    internal int BytesPerPixel => Channels * BitDepth / 8;
}
