using System;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using SharedObjects.Cli.Linux;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Segments;
using SharedObjects.Cli.Shell;
using SharedObjects.Sync;

namespace SharedObjects.Cli.Verbs;

/// <summary>Every shared object, one a line.</summary>
internal static class ListVerb
{
    internal static Verb Create()
    {
        Argument<string[]> names = Common.Names("Only these objects.", optional: true);
        Option<bool> json = Common.Json();
        var verb = new Verb(
            "list",
            "List the shared objects in /dev/shm: type, size, age, who maps them and who holds their lock.",
            """
            sharedobj list
            sharedobj list arm_state rs_color
            sharedobj list --json | jq -r 'select(.age > 1) | .name'
            """)
        { names, json };
        return verb.Does((parsed, output) => Run(parsed.GetValue(names)!, parsed.GetValue(json), output));
    }

    private static int Run(string[] names, bool json, Output output)
    {
        var users = new Lazy<SegmentUsers>(() => SegmentUsers.Scan(openFiles: false));
        SegmentLocks locks = SegmentLocks.Read();
        var table = new TextTable("NAME", "TYPE", ">SIZE", ">AGE", "KIND", "LOCK", "MAPPED BY");
        int result = ExitCode.Done;
        if (names.Length == 0)
        {
            foreach (SegmentOutline outline in SegmentDirectory.Objects())
            {
                Show(outline);
            }
        }
        else
        {
            result = Tool.ForEach(names, name => Show(SegmentOutline.Read(name)));
        }

        if (!json && !table.IsEmpty)
        {
            foreach (string line in table.Lines())
            {
                output.Line(line);
            }
        }
        else if (!json && result == ExitCode.Done && Output.IsTerminal)
        {
            output.Line("There are no shared objects in /dev/shm.");
        }

        return result;

        void Show(SegmentOutline outline)
        {
            ulong? stamp = StampReader.TryRead(outline.Name);
            ProcessInfo[] mappedBy = users.Value.Of(FileId.Of(outline.Status));
            LockEntry[] held = locks.Of(outline.Status);
            if (json)
            {
                output.Json(writer => Write(writer, outline, stamp, mappedBy, held, users.Value));
            }
            else
            {
                table.Add(
                    Names.Printable(outline.Name),
                    LayoutText.Short(outline.Layout.Value),
                    Units.Size(outline.Size),
                    stamp is null ? "?" : Units.AgeText(stamp.Value),
                    outline.HasTrailer ? "trailer" : "plain",
                    held.Length == 0 ? "-" : Processes.Short(held, users.Value),
                    mappedBy.Length == 0 ? "-" : string.Join(", ", mappedBy.Select(Processes.Short)));
            }
        }
    }

    private static void Write(
        Utf8JsonWriter json, SegmentOutline outline, ulong? stamp, ProcessInfo[] mappedBy, LockEntry[] held, SegmentUsers users)
    {
        json.WriteStartObject();
        json.WriteString("name", outline.Name);
        LayoutJson.WriteSummary(json, outline);
        if (stamp is { } known)
        {
            json.WriteString("mtime", known.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            json.WriteNull("mtime");
        }

        if (stamp is > 0)
        {
            json.WriteNumber("age", Math.Round(Units.Age(stamp.Value), 6));
        }
        else
        {
            json.WriteNull("age");
        }

        Processes.Write(json, "mapped_by", mappedBy, held, users);
        json.WriteEndObject();
    }
}
