using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;

namespace SharedObjects.Cli.Rendering;

/// <summary>
/// Encodes PNG: signature, IHDR, one IDAT, IEND (the PNG specification, W3C). Our own, for grey of 16 bits, which keeps the millimetres of a
/// depth image; the rest is the framework's zlib.
/// </summary>
internal static class PngEncoder
{
    private static readonly byte[] s_signature = [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];
    private static readonly uint[] s_crcTable = MakeCrcTable();

    internal static byte[] Encode(Picture picture)
    {
        using var file = new MemoryStream();
        file.Write(s_signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, picture.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], picture.Height);
        header[8] = (byte)picture.Format.BitDepth;
        header[9] = picture.Format.PngColorType;
        header[10..].Clear(); // deflate, the five filters, no interlacing
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Compress(picture));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Compress(Picture picture)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            int stride = picture.Width * picture.Format.BytesPerPixel;
            byte[] row = new byte[stride + 1];
            for (int y = 0; y < picture.Height; y++)
            {
                ReadOnlySpan<byte> pixels = picture.Pixels.AsSpan(y * stride, stride);
                Filter(pixels, y == 0 ? [] : picture.Pixels.AsSpan((y - 1) * stride, stride), row);
                zlib.Write(row);
            }
        }

        return compressed.ToArray();
    }

    // "Up": the difference to the row above, which suits images of cameras and costs nothing to choose.
    private static void Filter(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> filtered)
    {
        const byte None = 0, Up = 2;
        filtered[0] = above.IsEmpty ? None : Up;
        for (int i = 0; i < row.Length; i++)
        {
            filtered[i + 1] = (byte)(row[i] - (above.IsEmpty ? 0 : above[i]));
        }
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> word = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
        file.Write(word);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(word, ~Crc(Crc(uint.MaxValue, type), data));
        file.Write(word);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            crc = s_crcTable[(byte)(crc ^ b)] ^ (crc >> 8);
        }

        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        const uint Polynomial = 0xEDB8_8320; // of CRC-32, bits reversed
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : Polynomial ^ (value >> 1);
            }

            table[i] = value;
        }

        return table;
    }
}
