using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using Mono.Unix.Native;

namespace SharedObjects.Hunt;

/// <summary>
/// Processes that use a dynamic object, for the tests of those: <c>grow read name number</c>, <c>grow write name</c> and
/// <c>grow kills seeds [first]</c>. grow.py has the first two as well.
/// </summary>
internal static class Growing
{
    internal const string Command = "grow";

    private static readonly int s_parent = Syscall.getppid();

    /// <summary>Whether whoever has started this process has ended, killed perhaps: nobody else would end it.</summary>
    private static bool IsOrphan => Syscall.getppid() != s_parent;

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
            default:
                throw new FormatException("grow read NAME NUMBER, grow write NAME, or grow kills SEEDS [FIRST].");
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
        while (handle.Fetch() is { } value && !IsOrphan)
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
        for (int size = 64; !IsOrphan; size = size < 8 << 20 ? size * 9 / 8 : 64)
        {
            handle.Assign(Certified.Make(++number, size));
            handle.Assign(Certified.Make(++number, size / 16));
        }

        return 1;
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
            Expect(writer.StandardOutput.ReadLine() == Program.ReadyLine, "the writer is not ready");
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
            number = torn ? number : Certified.NumberOf(value); // which refuses what nobody has written
            Expect(torn || Certified.NumberOf(same) == number, "two readers differ");
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
        return Process.Start(start)!;
    }

    /// <summary>How this program is started: by `dotnet`, or as a program of its own.</summary>
    private static string[] Self { get; } =
        Path.GetFileNameWithoutExtension(Environment.ProcessPath!).Equals("dotnet", StringComparison.Ordinal)
            ? [Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "SharedObject.Hunt.dll")]
            : [Environment.ProcessPath!];

    private static void Expect(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            throw new InvalidOperationException($"not as expected: {otherwise}");
        }
    }
}
