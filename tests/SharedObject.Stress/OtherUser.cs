using System;
using System.IO;
using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace SharedObjects.Stress;

/// <summary>Opens objects as another user, and prints what comes of it: one line for each name and way.</summary>
internal static partial class OtherUser
{
    private const UnixFileMode Group = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    internal static int Play(uint user, string[] names)
    {
        // Once as root, so that all code is loaded that this other user might not be able to read.
        Try(names, TextWriter.Null);
        if (!Become(user))
        {
            return 1;
        }

        Try(names, Console.Out);
        return 0;
    }

    /// <summary>Goes on as another user, for good.</summary>
    internal static bool Become(uint user)
    {
        if (Syscall.setgid(user) != 0 || Syscall.setuid(user) != 0)
        {
            Console.Error.WriteLine("This needs root.");
            return false;
        }

        const int PR_SET_DUMPABLE = 4;
        _ = prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); // else /proc/self belongs to root, now that this process was
        return true;
    }

    private static void Try(string[] names, TextWriter output)
    {
        (string Way, SharedObjectOptions Options)[] ways =
        [
            ("as it is", new()),
            ("read-only", new() { ReadOnly = true }),
            ("group", new() { UnixFileMode = Group }),
            ("group, read-only", new() { UnixFileMode = Group, ReadOnly = true }),
            ("read-only, for all to read", new() { UnixFileMode = Group | UnixFileMode.OtherRead, ReadOnly = true }),
        ];
        foreach (string name in names)
        {
            foreach ((string way, SharedObjectOptions options) in ways)
            {
                output.WriteLine($"{name}: {way}: {Try(name, options)}");
            }
        }
    }

    private static string Try(string name, SharedObjectOptions options)
    {
        try
        {
            using SharedObject<double> handle = SharedObject.Open<double>(name, options);
            double value = handle.Fetch();
            try
            {
                handle.Assign(value + 1);
                return $"fetched {value}, assigned";
            }
            catch (SharedSystemException e)
            {
                return $"fetched {value}, assign: {(Errno)e.ErrorNumber}";
            }
        }
        catch (SharedSystemException e)
        {
            return $"{(Errno)e.ErrorNumber}{(e.Message.Contains("UnixFileMode", StringComparison.Ordinal) ? ", by the library" : "")}";
        }
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int prctl(int option, ulong a, ulong b, ulong c, ulong d);
}
