using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using SharedObjects.Tests.Cli.Support;
using SharedObjects.Tests.Interop;

namespace SharedObjects.Tests.Cli;

/// <summary>Help and completion.</summary>
public sealed partial class HelpTests(PeerFixture fixture) : CliTest(fixture)
{
    private static readonly string[] s_verbs =
    [
        "list", "info", "echo", "hz", "bw", "delay", "top", "image", "plot", "create", "assign", "trigger", "dump", "restore", "rm", "clean", "bridge", "doctor", "completion",
    ];

    public static TheoryData<string> Verbs => [.. s_verbs];

    [Fact]
    public void The_help_has_all_verbs()
    {
        string help = Run("--help").Done().Output;
        Assert.Equal(s_verbs, VerbLine().Matches(help[help.IndexOf("Commands:", StringComparison.Ordinal)..]).Select(match => match.Groups[1].Value));
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_verb_has_examples_of_itself(string verb)
    {
        string help = Run(verb, "--help").Done().Output;
        string examples = help[help.IndexOf("Examples:\n", StringComparison.Ordinal)..];
        Assert.Contains($"sharedobj {verb}", examples, StringComparison.Ordinal);
        Assert.True(verb == "completion" || help.Contains("--json", StringComparison.Ordinal), "has no --json");
    }

    [Fact]
    public void Bash_completes_verbs_options_and_names()
    {
        string name = Make("x", 1.5);
        Assert.Contains("doctor", Complete("sharedobj do"), StringComparison.Ordinal);
        Assert.Contains("--follow", Complete("sharedobj echo --fo"), StringComparison.Ordinal);
        Assert.DoesNotContain("True", Run("[suggest:24]", "sharedobj echo --follow ").Output, StringComparison.Ordinal);
        Assert.Contains(name, Complete($"sharedobj echo {name[..^1]}"), StringComparison.Ordinal);
    }

    /// <summary>Everybody may make names: none is run, and what is completed is one word that means the name.</summary>
    [Fact]
    public void Bash_runs_no_name()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            Make("$(touch ran) b", 1.5);
            Assert.Equal(Name(@"\$\(touch\ ran\)\ b") + "\n", Complete($"sharedobj echo {Name("")}", folder));
            Assert.Empty(Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("zsh", "compdef")]
    [InlineData("fish", "complete -c sharedobj")]
    public void Other_shells_have_a_script_as_well(string shell, string word) =>
        Assert.Contains(word, Run("completion", shell).Done().Output, StringComparison.Ordinal);

    private static string Complete(string line, string folder = "/")
    {
        const string Script =
            """
            sharedobj() { "$tool" "$@"; }
            tool=$0
            eval "$(sharedobj completion bash)"
            COMP_LINE=$1 COMP_POINT=${#1}
            read -ra COMP_WORDS <<<"$1"
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _sharedobj
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        using Process bash = Process.Start(new ProcessStartInfo("bash", ["-c", Script, RunningTool.Program, line]) { RedirectStandardOutput = true, WorkingDirectory = folder })!;
        string output = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        return output;
    }

    [GeneratedRegex("(?m)^  ([a-z]+) ")]
    private static partial Regex VerbLine();
}
