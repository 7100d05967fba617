using System;
using System.Text;
using System.Threading;
using SharedObjects.Interop;

namespace SharedObjects.Cli.Linux;

/// <summary>Reads files of /proc whole: they have no length, and .NET's file classes would ask and lock first.</summary>
internal static class ProcFile
{
    // What a process's own memory must be asked for (cmdline, maps) waits for its mmap lock, which a process that is stuck in the
    // kernel may hold for good.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(300);

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

    /// <summary>The text of a file that may keep its reader waiting; empty if it does.</summary>
    internal static string TextInTime(string path)
    {
        string text = "";
        var reader = new Thread(() => Volatile.Write(ref text, Text(path))) { IsBackground = true };
        reader.Start();
        return reader.Join(s_patience) ? text : "";
    }

    /// <summary>
    /// Does something with each of many processes that may keep it waiting for ever; those that do are left behind, and it goes on with
    /// the next. What is left behind stays where it waits, in a thread that ends with the tool.
    /// </summary>
    /// <param name="processes">The processes.</param>
    /// <param name="look">Finds something out; runs on another thread, and must not change what others see.</param>
    /// <param name="found">Takes it, on this thread; not called for a process that is left behind.</param>
    /// <param name="leftBehind">Called, on this thread, for one that is.</param>
    internal static void ForEachInTime<T>(int[] processes, Func<int, T> look, Action<int, T> found, Action<int> leftBehind)
        where T : class
    {
        int next = 0;
        while (next < processes.Length)
        {
            var results = new T?[processes.Length];
            int begin = next, done = next;
            var worker = new Thread(() =>
            {
                for (int i = begin; i < processes.Length; i++)
                {
                    results[i] = look(processes[i]);
                    Volatile.Write(ref done, i + 1);
                }
            })
            {
                IsBackground = true,
            };
            worker.Start();

            // Its pace and not its end counts: many processes may take long together.
            int seen;
            do
            {
                seen = Volatile.Read(ref done);
            }
            while (!worker.Join(s_patience) && Volatile.Read(ref done) > seen);

            int end = Volatile.Read(ref done);
            for (; next < end; next++)
            {
                found(processes[next], results[next]!);
            }

            if (next < processes.Length)
            {
                leftBehind(processes[next++]);
            }
        }
    }
}
