using System;
using System.CommandLine;
using System.Linq;

namespace SharedObjects.Cli.Shell;

/// <summary>A verb of the tool: a command whose help ends with examples.</summary>
internal sealed class Verb(string name, string description, string examples) : Command(name, description)
{
    /// <summary>Lines of a shell, for the help.</summary>
    internal string Examples { get; } = examples;

    /// <summary>Sets what the verb does; it gives back the exit code.</summary>
    internal Verb Does(Func<ParseResult, Output, int> run)
    {
        // They are set or not; else "true" and "false" are completed behind them.
        foreach (Option<bool> flag in Options.OfType<Option<bool>>())
        {
            flag.Arity = ArgumentArity.Zero;
        }

        SetAction(parsed =>
        {
            var output = new Output();
            try
            {
                return run(parsed, output);
            }
            finally
            {
                output.Flush();
            }
        });
        return this;
    }
}
