using System.CommandLine;
using System.Globalization;
using SharedObjects.Cli.Segments;

namespace SharedObjects.Cli.Shell;

/// <summary>The arguments and options that several verbs have.</summary>
internal static class Common
{
    internal static Option<bool> Json() => new("--json") { Description = "Print JSON: one object a line (docs/cli.md has its fields)." };

    internal static Option<double> Timeout() => new("--timeout")
    {
        Description = "How long to wait for an object's lock, in seconds.",
        HelpName = "S",
        DefaultValueFactory = _ => 1,
        CustomParser = result => PositiveSeconds(result, allowZero: true),
    };

    internal static Option<double> Duration() =>
        Seconds("--duration", double.PositiveInfinity, "End after so many seconds; otherwise with Ctrl-C.");

    /// <summary>An option that is a number of seconds above 0.</summary>
    internal static Option<double> Seconds(string name, double seconds, string description) => new(name)
    {
        Description = description,
        HelpName = "S",
        DefaultValueFactory = _ => seconds,
        CustomParser = result => PositiveSeconds(result, allowZero: false),
    };

    /// <summary>Reads a whole number that is at least so large.</summary>
    internal static int? Number(System.CommandLine.Parsing.ArgumentResult result, int least)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least)
        {
            return number;
        }

        result.AddError($"'{text}' is not a whole number of at least {least}.");
        return null;
    }

    internal static Argument<string> Name() => Completed(new Argument<string>("NAME") { Description = "The object's name." });

    internal static Argument<string[]> Names(string description = "The objects' names.", bool optional = false) => Completed(
        new Argument<string[]>("NAME") { Description = description, Arity = optional ? ArgumentArity.ZeroOrMore : ArgumentArity.OneOrMore });

    internal static Argument<T> Completed<T>(Argument<T> argument)
    {
        argument.HelpName = argument.Name; // the help would list all completions otherwise
        argument.CompletionSources.Add(_ => SegmentDirectory.CompletionNames());
        return argument;
    }

    private static double PositiveSeconds(System.CommandLine.Parsing.ArgumentResult result, bool allowZero)
    {
        // A day is longer than anybody waits, and keeps the sums below within what clocks can hold.
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            || !(seconds is >= 0 and <= 86400) || (seconds == 0 && !allowZero))
        {
            result.AddError($"'{text}' is not a number of seconds{(allowZero ? "" : " above 0")} up to 86400.");
        }

        return seconds;
    }
}
