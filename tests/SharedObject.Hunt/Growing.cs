using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using Mono.Unix.Native;

namespace SharedObjects.Hunt;

/// <summary>
/// Processes that use a dynamic object, for the tests of those: <c>grow read name number</c>, <c>grow write name</c>, <c>grow kills seeds [first]</c>
/// and <c>grow full</c>. grow.py has the first two as well.
/// </summary>
internal static class Growing
{
    internal const string Command = "grow";

    private const int TmpfsSize = 1 << 20, ENOSPC = 28;

    internal static int Run(ReadOnlySpan<string> arguments)
    {
        switch (arguments)
        {
            case ["read", var name, var number]:
                return Read(name, long.Parse(number, CultureInfo.InvariantCulture));
            case ["write", var name]:
                return Write(name);
            case ["kills", var seeds, ..]:
                return Kill(
                    int.Parse(seeds, CultureInfo.InvariantCulture), arguments is [_, _, var first] ? int.Parse(first, CultureInfo.InvariantCulture) : 1);
            case ["full"]:
                return EnterSmallTmpfs();
            case ["full-inside"]:
                Fill();
                return 0;
            default:
                throw new FormatException("grow read NAME NUMBER, grow write NAME, grow kills SEEDS [FIRST], or grow full.");
        }
    }

    /// <summary>
    /// Reads until the value is None; each value has to be whole, and none older than the one before. Says so when it has come to the last one.
    /// </summary>
    private static int Read(string name, long end)
    {
        using SharedDynamicObject handle = SharedDynamicObject.Open(name);
        Console.WriteLine(Program.ReadyLine);
        long last = 0, reads = 0, different = 0;
        while (handle.Fetch() is { } value)
        {
            long number = Certified.NumberOf(value);
            if (number < last)
            {
                throw new InvalidDataException($"number {number} after {last}");
            }

            if (number != last)
            {
                different++;
                if (number == end)
                {
                    Console.WriteLine("last");
                }
            }

            last = number;
            reads++;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{reads} {different} {last}"));
        return 0;
    }

    /// <summary>Writes values that grow and shrink, each time to a larger size than ever, until it is killed.</summary>
    private static int Write(string name)
    {
        using SharedDynamicObject handle = SharedDynamicObject.Open(name);
        Console.WriteLine(Program.ReadyLine);
        long number = Certified.NumberOf(handle.Fetch());
        for (int size = 64; ; size = size < 8 << 20 ? size * 9 / 8 : 64)
        {
            handle.Assign(Certified.Make(++number, size));
            handle.Assign(Certified.Make(++number, size / 16));
        }
    }

    /// <summary>
    /// Kills a writer for each seed and language, at any size that its segment grows to: what it leaves is the old value, the new one, or torn
    /// for all readers of it, and the next assign goes on.
    /// </summary>
    private static int Kill(int seeds, int first)
    {
        Console.WriteLine(Program.ReadyLine);
        int[] torn = [0, 0];
        string prefix = $"so-test-grow-{Environment.ProcessId}-";
        try
        {
            for (int seed = first; seed < first + seeds; seed++)
            {
                for (int python = 0; python < torn.Length; python++)
                {
                    torn[python] += KillOne($"{prefix}{seed}-{python}", new Randomness(seed, python), python == 1) ? 1 : 0;
                }
            }
        }
        finally
        {
            Program.RemoveAll(prefix);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"kills: {2 * seeds} writers killed, {torn[0]} of {seeds} of C# and {torn[1]} of {seeds} of Python left a torn value: OK"));
        return 0;
    }

    /// <returns>Whether it has left a torn value.</returns>
    private static bool KillOne(string name, Randomness random, bool python)
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(name, Certified.Make(1, 100));
        using (Process writer = Start(python, "write", name))
        {
            int size = 1 << (12 + random.Next(12));
            while (new FileInfo("/dev/shm/" + name).Length < size && !writer.HasExited)
            {
                Thread.Yield();
            }

            Thread.Sleep(random.Next(4));
            Expect(!writer.HasExited, "the writer had ended before");
            writer.Kill(); // SIGKILL
            writer.WaitForExit();
        }

        long number = 1;
        bool torn = !handle.TryFetch(out object? value, TimeSpan.FromSeconds(5));
        using (SharedDynamicObject late = SharedDynamicObject.Open(name))
        {
            Expect(late.TryFetch(out object? same, TimeSpan.FromSeconds(5)) != torn, "two readers differ");
            number = torn ? number : Certified.NumberOf(value);
            Expect(torn || (number > 1 && Certified.NumberOf(same) == number), "neither the old value nor the new one");
        }

        foreach (int next in new[] { 1_000_000, 1, 20_000_000 })
        {
            handle.Assign(Certified.Make(++number, next));
            using SharedDynamicObject late = SharedDynamicObject.Open(name);
            Expect(Certified.NumberOf(late.Fetch()) == number, "what was assigned then");
        }

        handle.Unlink();
        return torn;
    }

    private static Process Start(bool python, params string[] role)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "grow.py");
        ProcessStartInfo start = python ? new(PythonExecutable.Path, [script, .. role]) : new(Self[0], [.. Self[1..], Command, .. role]);
        start.RedirectStandardOutput = true;
        Process process = Process.Start(start)!;
        Expect(process.StandardOutput.ReadLine() == Program.ReadyLine, "it is not ready");
        return process;
    }

    /// <summary>How this program is started: by `dotnet`, or as a program of its own.</summary>
    private static string[] Self { get; } =
        Path.GetFileNameWithoutExtension(Environment.ProcessPath!).Equals("dotnet", StringComparison.Ordinal)
            ? [Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "SharedObject.Hunt.dll")]
            : [Environment.ProcessPath!];

    /// <summary>Starts this program once more with a tmpfs of its own at /dev/shm, which nobody else sees.</summary>
    private static int EnterSmallTmpfs()
    {
        Console.WriteLine(Program.ReadyLine);
        // As root, a mount namespace is all that is needed; others need a user namespace in which they are root.
        string[] unshare = Syscall.geteuid() == 0 ? ["--mount"] : ["--mount", "--user", "--map-root-user"];
        string script = $"mount -t tmpfs -o size={TmpfsSize} tmpfs /dev/shm && exec \"$@\"";
        using Process process = Process.Start("unshare", [.. unshare, "sh", "-c", script, "sh", .. Self, Command, "full-inside"]);
        process.WaitForExit();
        return process.ExitCode;
    }

    private static void Fill()
    {
        if (new DriveInfo("/dev/shm").TotalSize != TmpfsSize)
        {
            throw new FormatException("full-inside is what full starts; /dev/shm is not its own here.");
        }

        ExpectFull(() => SharedDynamicObject.Create("large", new byte[2 * TmpfsSize]).Dispose());
        Expect(!Directory.EnumerateFileSystemEntries("/dev/shm").Any(), "a file was left");
        object value = Certified.Make(1, 1000);
        using SharedDynamicObject writer = SharedDynamicObject.Create("x", value);
        using SharedDynamicObject reader = SharedDynamicObject.Open("x");
        long stamp = writer.Timestamp, size = new FileInfo("/dev/shm/x").Length;
        ExpectFull(() => writer.Assign(new byte[2 * TmpfsSize]));
        Expect(writer.Timestamp == stamp && !reader.Modified, "what was not written has a stamp");
        Expect(new FileInfo("/dev/shm/x").Length == size, "the segment has grown");
        Expect(Certified.NumberOf(writer.Fetch()) == 1 && Certified.NumberOf(reader.Fetch()) == 1, "the old value");

        // Twice its size is more than there is, but what the value needs is not.
        writer.Assign(Certified.Make(8, 600_000));
        Expect(Certified.NumberOf(reader.Fetch()) == 8, "a value that just fits");
        writer.Assign(Certified.Make(9, 900_000));
        Expect(Certified.NumberOf(reader.Fetch()) == 9 && new FileInfo("/dev/shm/x").Length < TmpfsSize, "a segment of the exact size");
        ExpectFull(() => writer.Assign(Certified.Make(10, 1_200_000)));
        writer.Assign(Certified.Make(11, 5000));
        Expect(Certified.NumberOf(reader.Fetch()) == 11, "the next value");
        Console.WriteLine("full: OK");
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
}
