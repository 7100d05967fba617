using System.CommandLine;
using System.Linq;
using SharedObjects.Cli.Doctor;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Shell;

namespace SharedObjects.Cli.Verbs;

/// <summary>Looks for what commonly goes wrong.</summary>
internal static class DoctorVerb
{
    internal static Verb Create()
    {
        Option<bool> json = Common.Json();
        var verb = new Verb(
            "doctor",
            "Check the machine and its shared objects, and say what to do. Ends with 1 if there is something to do.",
            """
            sharedobj doctor
            sharedobj doctor --json | jq 'select(.ok | not)'
            """)
        { json };
        return verb.Does((parsed, output) => Run(parsed.GetValue(json), output));
    }

    private static int Run(bool json, Output output)
    {
        Examination examination = Examination.Make();
        Finding[] findings =
        [
            SystemChecks.Space(),
            SystemChecks.RemoveIpc(examination),
            SystemChecks.ResourceTracker(examination),
            ObjectChecks.Permissions(examination),
            ObjectChecks.Locks(examination),
            ObjectChecks.Torn(examination),
            ObjectChecks.Split(examination),
            ObjectChecks.Unfinished(examination),
            ObjectChecks.Unused(examination),
            ObjectChecks.Clock(examination),
            ObjectChecks.Versions(examination),
            ObjectChecks.Sight(examination),
        ];
        foreach (Finding finding in findings)
        {
            if (json)
            {
                output.Json(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("check", finding.Check);
                    writer.WriteBoolean("ok", finding.IsOk);
                    writer.WriteString("found", finding.Text);
                    writer.WriteString("advice", finding.Advice);
                    writer.WriteEndObject();
                });
            }
            else
            {
                output.Line($"{(finding.IsOk ? Ink.Green("ok  ") : Ink.Yellow("WARN"))}  {finding.Check,-16}  {finding.Text}");
                if (finding.Advice.Length > 0)
                {
                    output.Line($"{new string(' ', 24)}-> {finding.Advice}");
                }
            }
        }

        return findings.All(finding => finding.IsOk) ? ExitCode.Done : ExitCode.Failed;
    }
}
