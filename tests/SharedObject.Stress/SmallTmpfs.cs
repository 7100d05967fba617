using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Mono.Unix.Native;
using SharedObjects.Hunt;

namespace SharedObjects.Stress;

/// <summary>
/// What happens where shared memory is full: on a tmpfs of 256 KiB at /dev/shm, in a mount namespace of its own, so that nobody else
/// sees it.
/// </summary>
internal static class SmallTmpfs
{
    private const int Size = 256 * 1024, ENOSPC = 28;
    private const string Filler = "/dev/shm/filler";

    /// <summary>Starts this program once more, in a mount namespace of its own.</summary>
    internal static int Enter(string scenario)
    {
        // As root, a mount namespace is all that is needed; others need a user namespace in which they are root.
        string[] unshare = Syscall.geteuid() == 0 ? ["--mount"] : ["--mount", "--user", "--map-root-user"];
        string script = $"mount -t tmpfs -o size={Size} tmpfs /dev/shm && exec \"$@\"";
        var start = new ProcessStartInfo("unshare", [.. unshare, "sh", "-c", script, "sh", Peer.Self.File, .. Peer.Self.Arguments, "tmpfs-inside", scenario]);
        start.Environment["SHAREDOBJECT_PYTHON"] = PythonExecutable.Path;
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }

    internal static void Play(string scenario)
    {
        if (new DriveInfo("/dev/shm").TotalSize != Size)
        {
            throw new FormatException("tmpfs-inside is what tmpfs starts; /dev/shm is not its own here.");
        }

        switch (scenario)
        {
            case "creation": Creation(); break;
            case "adoption": Adoption(); break;
            case "sparse": Sparse(); break;
            case "being-made": BeingMade(); break;
            case "growth": Growth(); break;
            default: throw new FormatException($"There is no scenario {scenario}.");
        }

        Console.WriteLine($"{scenario}: OK");
    }

    private static void Creation()
    {
        ExpectFull(() => SharedArray<byte>.Create("large", [2 * Size]).Dispose());
        Expect(!Directory.EnumerateFileSystemEntries("/dev/shm").Any(), "a file was left");
        Fill();
        ExpectFull(() => SharedObject.Publish("small", 1.5).Dispose());
        ExpectFull(() => SharedObject.OpenOrCreate("small", 1.5).Dispose());
        ExpectPython("28", "from sharedobjects import SharedObject\ntry: SharedObject('small', data=1.5)\nexcept OSError as e: print(e.errno)");
        Expect(Directory.GetFiles("/dev/shm").Single() == Filler, "a file was left");
        File.Delete(Filler);
        using SharedObject<double> handle = SharedObject.Publish("small", 1.5);
        Expect(handle.Fetch() == 1.5, "the value");
    }

    private static void Adoption()
    {
        // Its object ends where a page does, so that its trailer needs another one.
        const int Elements = 4096 - 26;
        RunPython($"import numpy, plain\nplain.create('x', numpy.ones({Elements}, 'u1'))");
        Fill();
        using SharedArray<byte> array = SharedArray<byte>.Open("x");
        Expect(!array.HasTrailer, "a trailer, where there was no room for one");
        byte[] ones = [.. Enumerable.Repeat((byte)1, Elements)], twos = [.. Enumerable.Repeat((byte)2, Elements)], read = new byte[Elements];
        array.FetchInto(read);
        Expect(read.AsSpan().SequenceEqual(ones), "the value");
        array.Assign(twos);
        ExpectPython("2 2", $"import plain\nx = plain.fetch('x')\nprint(x.min(), x.max())");
        Expect(!array.HasTrailer && new FileInfo("/dev/shm/x").Length == 4096, "the segment has grown");
        File.Delete(Filler);
        array.Assign(ones);
        Expect(array.HasTrailer, "no trailer, where there is room again");
        array.FetchInto(read);
        Expect(read.AsSpan().SequenceEqual(ones), "the value");
    }

    private static void Sparse()
    {
        const int Elements = 100_000;
        // It has a type, but was never assigned: but for its first page, it is one hole.
        RunPython($"import numpy, plain\nplain.create('x', numpy.ones({Elements}, 'u1'), 'metadata')");
        var readOnly = new SharedObjectOptions { ReadOnly = true };
        Fill();
        ExpectFull(() => SharedArray<byte>.Open("x").Dispose());
        ExpectFull(() => SharedArray<byte>.Open("x", readOnly).Dispose());
        ExpectFull(() => SharedObject.OpenAny("x").Dispose());
        ExpectPython("28", "from sharedobjects import SharedObject\ntry: SharedObject('x')\nexcept OSError as e: print(e.errno)");
        File.Delete(Filler);
        using SharedArray<byte> reader = SharedArray<byte>.Open("x", readOnly);
        Fill(); // its pages are there now
        Expect(!reader.TryFetchInto(new byte[Elements]), "a value, where none was assigned");
        File.Delete(Filler); // of the trailer, there is no room
        using SharedArray<byte> writer = SharedArray<byte>.Open("x");
        Fill();
        writer.Assign([.. Enumerable.Repeat((byte)7, Elements)]);
        Expect(reader.Fetch(view => view[Elements - 1]) == 7, "the value");
        ExpectPython("7 7", $"import plain\nx = plain.fetch('x')\nprint(x.min(), x.max())");
    }

    private static void BeingMade()
    {
        RunPython("import numpy, plain\nplain.create('x', numpy.ones(100000, 'u1'), 'truncate')");
        Fill();
        foreach (bool readOnly in new[] { false, true })
        {
            var options = new SharedObjectOptions { ReadOnly = readOnly, MountTimeout = TimeSpan.FromMilliseconds(20) };
            try
            {
                SharedObject.OpenAny("x", options).Dispose();
                throw new InvalidOperationException("it was opened");
            }
            catch (SharedNotReadyException)
            {
            }
        }

        ExpectPython("BeingMadeError", "from sharedobjects import SharedObject\ntry: SharedObject('x', creation_timeout=0)\nexcept Exception as e: print(type(e).__name__)");
        _ = Syscall.stat("/dev/shm/x", out Stat status);
        Expect(status.st_blocks == 0, "pages were reserved for what is no object yet");
    }

    private static void Growth()
    {
        ExpectFull(() => SharedDynamicObject.Create("large", new byte[2 * Size]).Dispose());
        Expect(!Directory.EnumerateFileSystemEntries("/dev/shm").Any(), "a file was left");
        using SharedDynamicObject writer = SharedDynamicObject.Create("x", Certified.Make(1, 1000));
        using SharedDynamicObject reader = SharedDynamicObject.Open("x");
        long stamp = writer.Timestamp, size = new FileInfo("/dev/shm/x").Length;
        ExpectFull(() => writer.Assign(new byte[2 * Size]));
        ExpectPython(
            "28 NoSpaceError",
            $"from sharedobjects import SharedDynamicObject\ntry: SharedDynamicObject('x', data=bytes({2 * Size}))\nexcept OSError as e: print(e.errno, type(e).__name__)");
        Expect(writer.Timestamp == stamp && !reader.Modified, "what was not written has a stamp");
        Expect(new FileInfo("/dev/shm/x").Length == size, "the segment has grown");
        Expect(Certified.NumberOf(writer.Fetch()) == 1 && Certified.NumberOf(reader.Fetch()) == 1, "the old value");

        // Twice its size is more than there is, but what the value needs is not.
        writer.Assign(Certified.Make(8, 150_000));
        Expect(Certified.NumberOf(reader.Fetch()) == 8, "a value that just fits");
        writer.Assign(Certified.Make(9, 200_000));
        Expect(Certified.NumberOf(reader.Fetch()) == 9 && new FileInfo("/dev/shm/x").Length < Size, "a segment of the exact size");
        ExpectFull(() => writer.Assign(Certified.Make(10, 300_000)));
        Expect(Certified.NumberOf(reader.Fetch()) == 9, "the old value");
        Fill(); // what is not longer than the segment needs no more memory
        writer.Assign(Certified.Make(8, 200_000));
        Expect(Certified.NumberOf(reader.Fetch()) == 8, "the next value");
    }

    /// <summary>Takes all the memory that is left.</summary>
    private static void Fill()
    {
        int descriptor = Syscall.open(Filler, OpenFlags.O_RDWR | OpenFlags.O_CREAT, FilePermissions.S_IRUSR | FilePermissions.S_IWUSR);
        byte[] page = new byte[4096];
        unsafe
        {
            fixed (byte* bytes = page)
            {
                while (Syscall.write(descriptor, bytes, (ulong)page.Length) == page.Length)
                {
                }
            }
        }

        Expect(Stdlib.GetLastError() == Errno.ENOSPC, "the file system is not full");
        _ = Syscall.close(descriptor);
    }

    private static void ExpectFull(Action action)
    {
        try
        {
            action();
        }
        catch (SharedSystemException e) when (e.ErrorNumber == ENOSPC)
        {
            return;
        }

        throw new InvalidOperationException("an exception was expected that says that shared memory is full");
    }

    private static void Expect(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            throw new InvalidOperationException($"not as expected: {otherwise}");
        }
    }

    private static void ExpectPython(string expected, string code)
    {
        string output = RunPython(code);
        Expect(output == expected, string.Create(CultureInfo.InvariantCulture, $"Python printed '{output}', expected '{expected}'"));
    }

    private static string RunPython(string code)
    {
        var start = new ProcessStartInfo(PythonExecutable.Path, ["-c", code]) { RedirectStandardOutput = true };
        start.Environment["PYTHONPATH"] = $"{AppContext.BaseDirectory}:{Path.Combine(AppContext.BaseDirectory, "python")}";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        Expect(process.ExitCode == 0, $"Python ended with exit code {process.ExitCode}");
        return output;
    }
}
