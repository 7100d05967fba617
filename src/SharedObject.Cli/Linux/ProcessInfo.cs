using System;
using System.Globalization;
using SharedObjects.Sync;

namespace SharedObjects.Cli.Linux;

/// <summary>A process, as people know it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Command">What was started: the program, and the script where it is an interpreter's.</param>
/// <param name="State">The letter of proc_pid_stat(5): R, S, D, T (stopped), t (traced), Z, …</param>
/// <param name="Parent">Its parent's number.</param>
internal sealed record ProcessInfo(int Id, string Command, char State, int Parent)
{
    private const string Ended = "ended, or not to be seen";

    internal bool IsStopped => State is 'T' or 't';

    public override string ToString() => Text(Id, Command, IsStopped);

    /// <summary>A process for people.</summary>
    internal static string Text(int id, string? command, bool isStopped) => $"pid {id} ({command ?? Ended}{(isStopped ? ", stopped" : "")})";

    internal static ProcessInfo Of(int id)
    {
        string stat = ProcFile.Text($"/proc/{id}/stat");

        // The name stands in parentheses and may have any character, parentheses too.
        int end = stat.LastIndexOf(')');
        string[] rest = end < 0 ? [] : stat[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        char state = rest.Length > 0 ? rest[0][0] : '?';
        int parent = rest.Length > 1 && int.TryParse(rest[1], CultureInfo.InvariantCulture, out int number) ? number : 0;
        return new ProcessInfo(id, CommandOf(id), state, parent);
    }

    internal static string[] CommandLineOf(int id) =>
        ProcFile.TextInTime($"/proc/{id}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private static string CommandOf(int id)
    {
        string[] line = CommandLineOf(id);
        return line.Length > 0 ? ProcessCommand.Of(line)
            : ProcFile.Text($"/proc/{id}/comm").TrimEnd('\n') is { Length: > 0 } name ? ProcessCommand.Word(name)
            : Ended;
    }
}
