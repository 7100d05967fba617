using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading.Tasks;

namespace SharedObjects.Soak;

/// <summary>
/// What robots go through in days: producers that are killed and come back, names that vanish, waiters who come and go. This process
/// follows all of it, and must lose nothing, mix nothing up and keep nothing.
/// </summary>
internal static class Program
{
    internal const string ProduceVerb = "produce", LeaveVerb = "leave", ReadyLine = "ready";

    private const string Usage = """
        restarts csharp|python [ROUNDS]   a producer is killed and restarted 100 times, or as often as given
        soak [SECONDS [SEED]]             a day in 10 seconds, or as many as given
        """;

    private static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case [ProduceVerb]:
                return CSharpProducers.Play();
            case [LeaveVerb, var name, var other]:
                return await Leaver.RunAsync(name, other);
            case ["restarts", "csharp" or "python"]:
                return await Restarts.RunAsync(arguments[1], rounds: 100);
            case ["restarts", "csharp" or "python", var rounds] when TryNumber(rounds, out int number):
                return await Restarts.RunAsync(arguments[1], number);
            case ["soak"]:
                return await SoakRun.RunAsync(seconds: 10, seed: 1);
            case ["soak", var seconds] when TryNumber(seconds, out int number):
                return await SoakRun.RunAsync(number, seed: 1);
            case ["soak", var seconds, var seed] when TryNumber(seconds, out int number) && TryNumber(seed, out int other):
                return await SoakRun.RunAsync(number, other);
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    /// <summary>Starts this program once more.</summary>
    internal static Process StartSelf(string verb)
    {
        bool byDotnet = Path.GetFileNameWithoutExtension(Environment.ProcessPath!).Equals("dotnet", StringComparison.Ordinal);
        string[] arguments = byDotnet ? [Path.Combine(AppContext.BaseDirectory, "SharedObject.Soak.dll"), verb] : [verb];
        return Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_TieredPGO"] = "0" }, // nobody lives long enough for it to pay
        })!;
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
