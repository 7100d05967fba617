using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;

namespace SharedObjects.Hunt;

/// <summary>
/// A hunt for torn values. Processes of both languages write and read objects of 64 bytes to 4 MB whose values carry a checksum; some are
/// killed in the middle and replaced; and not one value may be handed out that is a mixture of two, or older than one seen before.
/// </summary>
internal static class Program
{
    internal const string ChildCommand = "child", ReadyLine = "ready";

    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);

    private static int Main(string[] arguments)
    {
        if (arguments is [ChildCommand, var role, var assignment])
        {
            return RunChild(role, JsonSerializer.Deserialize<Assignment>(assignment, Json)!);
        }

        try
        {
            if (arguments is [Growing.Command, ..])
            {
                return Growing.Run(arguments.AsSpan(1));
            }

            using var run = new HuntRun(HuntOptions.Parse(arguments.AsSpan(arguments is ["hunt", ..] ? 1 : 0)));
            return run.Run() ? 0 : 1;
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine(e.Message);
            Console.Error.WriteLine(HuntOptions.Usage);
            return 2;
        }
    }

    private static int RunChild(string role, Assignment assignment)
    {
        Func<Schedule, Report> run = Hunting.Prepare(role, assignment);
        Console.WriteLine(ReadyLine);
        if (Console.In.ReadLine() is not { } line)
        {
            return Abandon(assignment);
        }

        long[] times = [.. line.Split(' ').Select(text => long.Parse(text, CultureInfo.InvariantCulture))];
        new Thread(() =>
        {
            if (Console.In.ReadLine() is null && !s_done)
            {
                Environment.Exit(Abandon(assignment));
            }
        }) { IsBackground = true }.Start();
        Report report = run(new Schedule(times[0], times[1]));
        s_done = true;
        Print(report);
        return 0;
    }

    internal static void Print(Report report) => Console.WriteLine(JsonSerializer.Serialize(report, Json));

    private static volatile bool s_done;

    /// <summary>The parent is gone, perhaps without having had a chance to clean up.</summary>
    private static int Abandon(Assignment assignment)
    {
        RemoveAll(assignment.Prefix);
        return 3;
    }

    internal static void RemoveAll(string prefix)
    {
        foreach (string file in Directory.EnumerateFiles("/dev/shm", prefix + "*"))
        {
            File.Delete(file);
        }
    }
}
