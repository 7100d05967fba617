using System;
using System.CommandLine;
using System.CommandLine.Help;
using System.IO;
using System.Linq;
using SharedObjects.Cli.Rendering;

namespace SharedObjects.Cli.Shell;

/// <summary>Runs a command line: what goes wrong becomes one line on standard error and an exit code.</summary>
internal static class Tool
{
    internal static int Run(RootCommand root, string[] arguments)
    {
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExamples((HelpAction)help.Action!);
            _ = help.Aliases.Remove("/h"); // of another system, and completed like the others
            _ = help.Aliases.Remove("/?");
        }

        // '@' begins a value or a name like any other, not a file of arguments.
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            Complain(parsed.CommandResult.Command is Verb verb
                ? $"{parsed.Errors[0].Message.TrimEnd().TrimEnd('.')}. See sharedobj {verb.Name} --help."
                : arguments.Length > 0 ? $"there is no verb '{arguments[0]}'. See sharedobj --help." : "a verb is missing. See sharedobj --help.");
            return ExitCode.Usage;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception e) when (CodeOf(e) is { } code)
        {
            Complain(e);
            return code;
        }
    }

    /// <summary>Does the same for each name; one that fails does not keep the others from being done.</summary>
    /// <returns>The exit code: that of the first name that failed.</returns>
    internal static int ForEach(string[] names, Action<string> action)
    {
        int result = ExitCode.Done;
        foreach (string name in names)
        {
            int code = Try(() => action(name));
            result = result == ExitCode.Done ? code : result;
        }

        return result;
    }

    /// <summary>Does something, and says why it could not be done.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="BrokenPipeException">Nobody reads what it prints.</exception>
    internal static int Try(Action action)
    {
        try
        {
            action();
            return ExitCode.Done;
        }
        catch (Exception e) when (e is not BrokenPipeException && CodeOf(e) is { } code)
        {
            Complain(e);
            return code;
        }
    }

    /// <summary>One line, whatever the names in it are made of.</summary>
    internal static void Complain(string message) => Console.Error.WriteLine("sharedobj: " + Names.Printable(OneLine(message)));

    private static void Complain(Exception e)
    {
        switch (e)
        {
            case BrokenPipeException:
                break;
            case SharedLockTimeoutException timeout:
                Complain(Processes.WhyLocked(timeout.ObjectName, timeout.Holders));
                break;
            case SharedNotFoundException missing:
                Complain(NotFound(missing.ObjectName));
                break;
            default:
                Complain(e.Message);
                break;
        }
    }

    private static string OneLine(string message) => string.Join(' ', message.Split((char[])['\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries));

    internal static string NotFound(string name) => $"there is no shared object '{name}': start its producer, or look for the name with sharedobj list";

    private static int? CodeOf(Exception e) => e switch
    {
        BrokenPipeException => ExitCode.Done,
        ToolException tool => tool.ExitCode,
        SharedLockTimeoutException => ExitCode.Locked,
        SharedNameException => ExitCode.Usage,
        SharedObjectException or IOException or UnauthorizedAccessException => ExitCode.Failed,
        _ => null,
    };
}
