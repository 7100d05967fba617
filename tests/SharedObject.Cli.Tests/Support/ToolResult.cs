using System;
using System.Linq;
using System.Text.Json.Nodes;

namespace SharedObjects.Tests.Cli.Support;

/// <summary>What a run of the tool has left.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
internal sealed record ToolResult(int ExitCode, string Output, string Errors)
{
    internal string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The JSON of each line.</summary>
    internal JsonNode[] Json => [.. Lines.Select(line => JsonNode.Parse(line, documentOptions: new() { MaxDepth = 1000 })!)];

    /// <summary>The run, if it ended well and said nothing on standard error.</summary>
    internal ToolResult Done()
    {
        Assert.True(ExitCode == 0 && Errors.Length == 0, $"exit code {ExitCode}\n{Output}\n{Errors}");
        return this;
    }

    /// <summary>The one line of a run that failed, which has all these words.</summary>
    internal string Failed(int exitCode, params string[] words)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode}, and not {exitCode}\n{Output}\n{Errors}");
        string line = Assert.Single(Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("sharedobj: ", line, StringComparison.Ordinal);
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
        return line;
    }
}
