using System;
using System.Text;
using SharedObjects.Interop;

namespace SharedObjects.Cli.Linux;

/// <summary>Reads files of /proc whole: they have no length, and .NET's file classes would ask and lock first.</summary>
internal static class ProcFile
{
    /// <summary>The file's bytes; null, and the error number, where it can't be read.</summary>
    internal static byte[]? TryRead(string path, out int errno)
    {
        int descriptor = Posix.Open(path, writable: false);
        errno = -Math.Min(descriptor, 0);
        if (descriptor < 0)
        {
            return null;
        }

        byte[] bytes = new byte[16 * 1024];
        int length = 0;
        try
        {
            while (true)
            {
                int read = Posix.Read(descriptor, bytes.AsSpan(length), length);
                if (read < 0)
                {
                    errno = -read;
                    return null;
                }

                if (read == 0)
                {
                    return bytes[..length];
                }

                length += read;
                if (length == bytes.Length)
                {
                    Array.Resize(ref bytes, 2 * length);
                }
            }
        }
        finally
        {
            _ = Posix.Close(descriptor);
        }
    }

    internal static string Text(string path) => TryRead(path, out _) is { } bytes ? Encoding.UTF8.GetString(bytes) : "";
}
