using System;
using System.Buffers;
using System.IO;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading;
using SharedObjects.Interop;

namespace SharedObjects.Cli.Shell;

/// <summary>Standard output: text and JSON, buffered, written when a line's worth is complete.</summary>
/// <remarks>
/// Not through <see cref="Console"/>, which drops what it writes into a closed pipe without a word: <c>echo --follow | head</c> would
/// never end. And not through a FileStream, which keeps a position of its own and so overwrites what others append to the same file.
/// </remarks>
internal sealed class Output
{
    private const int StandardOutput = 1;
    private const int FlushAt = 32 * 1024;

    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new(4096);

    /// <summary>Whether people look at it.</summary>
    internal static bool IsTerminal { get; } = !Console.IsOutputRedirected;

    /// <summary>Whether colours are wanted: a terminal, and no NO_COLOR (no-color.org).</summary>
    internal static bool HasColor { get; } =
        IsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";

    internal void Text(string text)
    {
        Encoding.UTF8.GetBytes(text, _buffer);
        if (_buffer.WrittenCount >= FlushAt)
        {
            Flush();
        }
    }

    internal void Line(string text = "")
    {
        Text(text);
        Text("\n");
    }

    /// <summary>One JSON value on a line of its own.</summary>
    internal void Json(Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(_buffer, s_json))
        {
            write(json);
        }

        Text("\n");
    }

    internal void Raw(ReadOnlySpan<byte> bytes)
    {
        Flush();
        Send(bytes);
    }

    /// <exception cref="BrokenPipeException">Nobody reads it any more.</exception>
    internal void Flush()
    {
        // Forgotten first: what could not be written is not to be tried again.
        byte[] bytes = _buffer.WrittenSpan.ToArray();
        _buffer.ResetWrittenCount();
        Send(bytes);
    }

    private static void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int written = Posix.WriteNext(StandardOutput, bytes);
            switch (written)
            {
                case >= 0:
                    bytes = bytes[written..];
                    break;
                case -Errno.EAGAIN:
                    Thread.Sleep(1); // a pipe that its other end has made non-blocking, and that is full
                    break;
                case -Errno.EPIPE or -Errno.EIO: // the pipe's reader, or the terminal, has gone
                    throw new BrokenPipeException();
                default:
                    throw new IOException($"standard output can't be written (errno {-written})");
            }
        }
    }
}
