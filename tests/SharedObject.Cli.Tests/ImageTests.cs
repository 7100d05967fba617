using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text.Json.Nodes;
using BigGustave;
using SharedObjects.Tests.Cli.Support;
using SharedObjects.Tests.Interop;

namespace SharedObjects.Tests.Cli;

/// <summary><c>image</c>: what it saves, read by another decoder; and what it draws.</summary>
public sealed class ImageTests(PeerFixture fixture) : CliTest(fixture)
{
    private readonly string _file = Path.GetTempFileName();

    public override void Dispose()
    {
        File.Delete(_file);
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Colours_are_saved_as_they_are(bool bgr)
    {
        byte[] pixels = [.. Enumerable.Range(0, 20 * 30 * 3).Select(i => (byte)(i * 7))];
        string name = Make("x", NDArray.Create<byte>(pixels, 20, 30, 3));

        Run(["image", name, "--out", _file, .. bgr ? ["--bgr"] : Array.Empty<string>()]).Done();

        Png png = Png.Open(_file);
        Assert.Equal((30, 20), (png.Width, png.Height));
        for (int i = 0; i < 600; i++)
        {
            Pixel pixel = png.GetPixel(i % 30, i / 30);
            byte[] expected = pixels[(3 * i)..((3 * i) + 3)];
            Assert.Equal(bgr ? [.. expected.Reverse()] : expected, new[] { pixel.R, pixel.G, pixel.B });
        }
    }

    [Fact]
    public void Alpha_and_grey_are_saved_as_they_are()
    {
        string rgba = Make("rgba", NDArray.Create<byte>([1, 2, 3, 4, 5, 6, 7, 8], 1, 2, 4));
        Run("image", rgba, "--out", _file).Done();
        Assert.Equal(new Pixel(5, 6, 7, 8, false), Png.Open(_file).GetPixel(1, 0));

        string gray = Make("gray", NDArray.Create<byte>([10, 20, 30, 40, 50, 60], 3, 2));
        Run("image", gray, "--out", _file).Done();
        Assert.Equal([10, 20, 30, 40, 50, 60], Enumerable.Range(0, 6).Select(i => Png.Open(_file).GetPixel(i % 2, i / 2).R));
    }

    [Fact]
    public void Depth_goes_through_a_colour_map_or_without_loss_into_16_bits()
    {
        ushort[] depths = [0, 300, 600, 900, 1200, 65535];
        string name = Make("x", NDArray.Create<ushort>(depths, 2, 3));

        JsonNode line = Run("image", name, "--out", _file, "--min", "300", "--max", "1200", "--json").Done().Json.Single();
        Assert.Equal((300.0, 1200.0), ((double)line["low"]!, (double)line["high"]!));
        Pixel[] pixels = [.. Enumerable.Range(0, 6).Select(i => Png.Open(_file).GetPixel(i % 3, i / 3))];
        Assert.Equal(new Pixel(0, 0, 0, 255, false), pixels[0]); // no depth known
        Assert.Equal(5, pixels[..5].Distinct().Count());
        Assert.Equal(pixels[4], pixels[5]); // beyond the highest
        Assert.True(pixels[1].B > pixels[1].R && pixels[4].R > pixels[4].B, "near is not blue, or far not red");

        Run("image", name, "--out", _file, "--gray").Done();
        Assert.Equal(depths, Decode16(File.ReadAllBytes(_file), 3));
    }

    [Fact]
    public void Numbers_of_all_kinds_can_be_drawn()
    {
        Run("image", Make("float", NDArray.Create<double>([double.NaN, -1, 0, 1e300], 2, 2)), "--out", _file).Done();
        Run("image", Make("bool", NDArray.Create<bool>([true, false], 1, 2)), "--out", _file).Done();
        Run("image", Make("floats", NDArray.Create<float>([0, 0.5f, 1], 1, 1, 3)), "--out", _file).Done();
        Assert.Equal(new Pixel(0, 128, 255, 255, false), Png.Open(_file).GetPixel(0, 0));
        Run("image", Make("dict", new SharedDict { { "t", 1L }, { "image", NDArray.Create<byte>([9], 1, 1) } }), "--out", _file).Done();
        Assert.Equal(9, Png.Open(_file).GetPixel(0, 0).R);
    }

    [Fact]
    public void What_is_no_image_is_told()
    {
        Run("image", Make("line", NDArray.Create<byte>([1, 2], 2))).Failed(1, "no image", "(2,)");
        Run("image", Make("five", NDArray.Create<byte>([1, 2, 3, 4, 5], 1, 1, 5))).Failed(1, "no image");
        Run("image", Make("text", "x")).Failed(1, "no image");
        Run("image", Make("none", NDArray.Create<byte>([], 0, 4))).Failed(1, "no image");
        Run("image", Make("complex", NDArray.Create<System.Numerics.Complex>([1], 1, 1))).Failed(1, "no image");
    }

    [Fact]
    public void A_drawing_has_two_pixels_in_a_character_and_keeps_to_its_width()
    {
        string name = Make("x", NDArray.Create<byte>(new byte[480 * 848 * 3], 480, 848, 3));
        string[] lines = Run("image", name, "--width", "40").Done().Lines;
        Assert.Equal(1 + 11, lines.Length); // 22 rows of pixels, and what it is
        Assert.All(lines[..^1], line => Assert.Equal(40, line.Count(c => c == '▀')));
        Assert.Contains("uint8 (480, 848, 3)", lines[^1], StringComparison.Ordinal);
    }

    /// <summary>The numbers of a PNG of 16-bit grey with the filters None and Up.</summary>
    private static ushort[] Decode16(byte[] png, int width)
    {
        Assert.Equal([16, 0], png[24..26]); // depth and colour type
        int at = Array.IndexOf(png, (byte)'I', 33);
        int length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at - 4));
        using var zlib = new ZLibStream(new MemoryStream(png, at + 4, length), CompressionMode.Decompress);
        using var rows = new MemoryStream();
        zlib.CopyTo(rows);
        byte[] bytes = rows.ToArray();
        int stride = (2 * width) + 1;
        for (int i = stride; i < bytes.Length; i++)
        {
            bytes[i] += i % stride > 0 && bytes[i - (i % stride)] == 2 ? bytes[i - stride] : (byte)0;
        }

        return [.. Enumerable.Range(0, bytes.Length / stride).SelectMany(y => Enumerable.Range(0, width)
            .Select(x => BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan((y * stride) + 1 + (2 * x)))))];
    }
}
