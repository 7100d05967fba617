using System.CommandLine;
using SharedObjects.Cli.Shell;

namespace SharedObjects.Cli.Verbs;

/// <summary>Prints a script that lets a shell complete verbs, options and names of objects.</summary>
internal static class CompletionVerb
{
    // Each asks the tool itself by System.CommandLine's directive [suggest:POSITION], which prints one candidate a line. Anybody may name a segment
    // $(rm -r ~): candidates must not be expanded, as compgen -W does.
    private const string Bash =
        """
        _sharedobj() {
            local candidate
            COMPREPLY=()
            while IFS= read -r candidate; do
                if [[ $candidate == "${COMP_WORDS[COMP_CWORD]}"* ]]; then
                    COMPREPLY+=("$(printf %q "$candidate")")
                fi
            done < <(sharedobj "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
        }
        complete -o default -F _sharedobj sharedobj
        """;

    private const string Zsh =
        """
        #compdef sharedobj
        _sharedobj() {
            local -a candidates
            candidates=("${(@f)$(sharedobj "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -a candidates
        }
        compdef _sharedobj sharedobj
        """;

    private const string Fish =
        """
        function __sharedobj_complete
            set -l line (commandline -cp)
            sharedobj "[suggest:"(string length -- $line)"]" "$line" 2>/dev/null
        end
        complete -c sharedobj -f -a "(__sharedobj_complete)"
        """;

    internal static Verb Create()
    {
        Argument<string> shell = new("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var verb = new Verb(
            "completion",
            "Print a script that completes verbs, options and names of objects.",
            """
            eval "$(sharedobj completion bash)"
            sharedobj completion fish > ~/.config/fish/completions/sharedobj.fish
            """)
        { shell };
        return verb.Does((parsed, output) =>
        {
            output.Line(parsed.GetValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                _ => Fish,
            });
            return ExitCode.Done;
        });
    }
}
