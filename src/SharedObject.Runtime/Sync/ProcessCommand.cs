using System;
using System.IO;

namespace SharedObjects.Sync;

/// <summary>What a process is called where people read of it.</summary>
internal static class ProcessCommand
{
    private const int LongestWord = 40;

    /// <summary>
    /// The program's name and, of an interpreter, that of what it runs: "python3 arm.py" says more than "python3". No other arguments than this
    /// one, and not code that is one: there may be secrets in them, and messages get into logs.
    /// </summary>
    /// <param name="arguments">The command line; at least the program.</param>
    internal static string Of(string[] arguments)
    {
        string program = Word(arguments[0]);
        return ScriptOf(program, arguments) is { } script ? $"{program} {Word(script)}" : program;
    }

    /// <summary>The last part of a path, of no more than a few dozen characters, and without those that move a cursor.</summary>
    internal static string Word(string argument)
    {
        string name = Path.GetFileName(argument);
        char[] word = (name.Length > LongestWord ? name[..LongestWord] + "…" : name).ToCharArray();
        for (int i = 0; i < word.Length; i++)
        {
            word[i] = char.IsControl(word[i]) ? ' ' : word[i];
        }

        return new string(word);
    }

    private static string? ScriptOf(string program, string[] arguments)
    {
        // dotnet exec --depsfile … app.dll, as test runners start it; dotnet app.dll; dotnet watch.
        if (program == "dotnet" && Array.Find(arguments, argument => argument.EndsWith(".dll", StringComparison.Ordinal)) is { } assembly)
        {
            return assembly;
        }

        if (!program.StartsWith("python", StringComparison.Ordinal) && program is not ("dotnet" or "bash" or "sh"))
        {
            return null;
        }

        int first = Array.FindIndex(arguments, 1, argument => IsFollowedByCode(argument) || !argument.StartsWith('-'));
        return first < 0 || IsFollowedByCode(arguments[first]) ? null : arguments[first];
    }

    // -c, also behind others: bash -lc.
    private static bool IsFollowedByCode(string argument) => argument is ['-', not '-', ..] && argument.EndsWith('c');
}
