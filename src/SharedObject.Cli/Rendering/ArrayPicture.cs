using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SharedObjects.Cli.Values;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Rendering;

/// <summary>Makes pictures of arrays that are shaped like images: (height, width) or (height, width, 1, 3 or 4).</summary>
internal static class ArrayPicture
{
    private const double Outliers = 0.01; // a few stray pixels must not squeeze the rest into one colour

    /// <summary>How an array becomes a picture.</summary>
    /// <param name="Gray">One channel as grey, and of 16 bits without loss, instead of colours.</param>
    /// <param name="Bgr">Three channels are blue, green, red, as OpenCV has them.</param>
    /// <param name="Low">What the lowest colour stands for; null for nearly the smallest number there is.</param>
    /// <param name="High">What the highest stands for.</param>
    internal sealed record Style(bool Gray, bool Bgr, double? Low, double? High);

    /// <exception cref="FormatException">The array is not shaped like an image.</exception>
    internal static Picture Of(NDArray array, Style style)
    {
        int channels = array.Shape switch
        {
            [_, _] => 1,
            [_, _, 1 or 3 or 4] => array.Shape[2],
            _ => 0,
        };
        if (channels == 0 || array.Length == 0 || Elements.IsComplex(array.DType))
        {
            throw new FormatException($"{array} is no image: (height, width) or (height, width, 1, 3 or 4) of real numbers is");
        }

        return channels == 1 ? OneChannel(array, style) : Colors(array, channels, style.Bgr);
    }

    private static Picture Colors(NDArray array, int channels, bool bgr)
    {
        byte[] pixels = new byte[array.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = array.DType switch
            {
                DType.UInt8 => array.Bytes[i],
                DType.UInt16 => (byte)((long)Elements.Get(array, i) >> 8),
                DType.Float16 or DType.Float32 or DType.Float64 => ToByte(Elements.Number(array, i)), // from 0 to 1
                _ => (byte)Math.Clamp(Elements.Number(array, i), 0, byte.MaxValue),
            };
        }

        for (int i = 0; bgr && i < pixels.Length; i += channels)
        {
            (pixels[i], pixels[i + 2]) = (pixels[i + 2], pixels[i]);
        }

        return new Picture(array.Shape[1], array.Shape[0], channels == 3 ? PixelFormat.Rgb : PixelFormat.Rgba, pixels);
    }

    private static Picture OneChannel(NDArray array, Style style)
    {
        (int height, int width) = (array.Shape[0], array.Shape[1]);
        bool asItIs = style.Low is null && style.High is null;
        if (asItIs && array.DType == DType.UInt8)
        {
            return new Picture(width, height, PixelFormat.Gray, array.Bytes.ToArray());
        }

        if (asItIs && style.Gray && array.DType == DType.UInt16)
        {
            byte[] words = array.Bytes.ToArray();
            Span<ushort> numbers = MemoryMarshal.Cast<byte, ushort>(words.AsSpan());
            BinaryPrimitives.ReverseEndianness(numbers, numbers);
            return new Picture(width, height, PixelFormat.Gray16, words);
        }

        double[] values = new double[array.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Elements.Number(array, i);
        }

        // Cameras write 0 where they know no depth: black, and not the nearest of all colours.
        bool zeroIsUnknown = !style.Gray && array.DType == DType.UInt16;
        (double low, double high) = Range(values, zeroIsUnknown);
        (low, high) = (style.Low ?? low, style.High ?? high);
        double scale = high > low ? 1 / (high - low) : 0;
        int bytes = style.Gray ? 1 : 3;
        byte[] pixels = new byte[values.Length * bytes];
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]) || (zeroIsUnknown && values[i] == 0))
            {
                continue;
            }

            double place = (values[i] - low) * scale;
            if (style.Gray)
            {
                pixels[i] = ToByte(place);
            }
            else
            {
                (pixels[3 * i], pixels[(3 * i) + 1], pixels[(3 * i) + 2]) = ColorMap.At(place);
            }
        }

        return new Picture(width, height, style.Gray ? PixelFormat.Gray : PixelFormat.Rgb, pixels, low, high);
    }

    private static (double Low, double High) Range(double[] values, bool withoutZeros)
    {
        double[] known = Array.FindAll(values, value => double.IsFinite(value) && !(withoutZeros && value == 0));
        if (known.Length == 0)
        {
            return (0, 1);
        }

        Array.Sort(known);
        int cut = (int)(Outliers * known.Length);
        return (known[cut], known[^(cut + 1)]);
    }

    private static byte ToByte(double place) => (byte)Math.Round(Math.Clamp(double.IsNaN(place) ? 0 : place, 0, 1) * byte.MaxValue);
}
