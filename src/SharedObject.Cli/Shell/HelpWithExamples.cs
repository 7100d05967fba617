using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace SharedObjects.Cli.Shell;

/// <summary>The help of System.CommandLine, and the verb's examples behind it.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int result = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is Verb verb)
        {
            parseResult.InvocationConfiguration.Output.WriteLine("Examples:");
            foreach (string line in verb.Examples.Split('\n'))
            {
                parseResult.InvocationConfiguration.Output.WriteLine("  " + line.TrimEnd());
            }
        }

        return result;
    }
}
