using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using SharedObjects.Cli.Linux;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Segments;
using SharedObjects.Cli.Shell;
using SharedObjects.Interop;

namespace SharedObjects.Cli.Verbs;

/// <summary>Finds objects that nobody has, and removes them where told to.</summary>
internal static class CleanVerb
{
    internal static Verb Create()
    {
        Argument<string[]> names = Common.Names("Only these objects.", optional: true);
        Option<bool> yes = new("--yes") { Description = "Remove them." };
        Option<bool> unseen = new("--ignore-unseen") { Description = "Remove them even if other users' processes, which can't be looked into, may have them." };
        Option<bool> json = Common.Json();
        var verb = new Verb(
            "clean",
            "Find shared objects that no process maps or has open, and with --yes remove them.",
            """
            sharedobj clean
            sharedobj clean --yes
            sharedobj clean --yes old_camera old_arm
            """)
        { names, yes, unseen, json };
        return verb.Does((parsed, output) => Run(parsed.GetValue(names)!, parsed.GetValue(yes), parsed.GetValue(unseen), parsed.GetValue(json), output));
    }

    private static int Run(string[] names, bool yes, bool ignoreUnseen, bool json, Output output)
    {
        SegmentOutline[] objects = [.. names.Length == 0 ? SegmentDirectory.Objects() : names.Distinct().Select(SegmentOutline.Read)];
        SegmentUsers users = SegmentUsers.Scan(openFiles: true);
        List<SegmentOutline> unused = [.. objects.Where(outline => !users.Uses(FileId.Of(outline.Status)))];
        bool blind = users.Unseen.Count > 0 && unused.Count > 0;
        if (blind)
        {
            Tool.Complain($"{users.UnseenText}, and may have objects open: run as root to know"
                + (yes && !ignoreUnseen ? "; nothing was removed (--ignore-unseen removes all the same)" : ""));
        }

        int result = yes && blind && !ignoreUnseen ? ExitCode.Failed : ExitCode.Done;
        bool remove = yes && result == ExitCode.Done;
        int failed = Tool.ForEach([.. unused.Select(outline => outline.Name)], name =>
        {
            SegmentOutline outline = unused.First(other => other.Name == name);
            bool removed = remove && RemoveUnlessUsed(outline);
            if (json)
            {
                output.Json(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", name);
                    LayoutJson.WriteType(writer, outline.Layout.Value);
                    writer.WriteNumber("size", outline.Size);
                    writer.WriteBoolean("removed", removed);
                    writer.WriteEndObject();
                });
            }
            else
            {
                string what = removed ? "removed" : remove ? "kept: somebody has just opened it" : "not used";
                output.Line($"{Names.Printable(name)}: {what} ({LayoutText.Short(outline.Layout.Value)}, {Units.Size(outline.Status.Size)})");
            }
        });
        if (!json && Output.IsTerminal)
        {
            output.Line(unused.Count == 0 ? "Every shared object is in use." : yes ? "" : $"sharedobj clean --yes removes {(unused.Count == 1 ? "it" : "them")}.");
        }

        return result == ExitCode.Done ? failed : result;
    }

    /// <summary>
    /// Looks again right before, as the list may be old. What is opened after that look loses its name all the same: unlinking asks
    /// nobody, and who has it keeps the memory.
    /// </summary>
    private static bool RemoveUnlessUsed(SegmentOutline outline)
    {
        FileId file = FileId.Of(outline.Status);
        using SegmentFile? now = SegmentFile.TryOpen(outline.Name, out _);
        return now is not null
            && now.TryStatus(out FileStatus status)
            && FileId.Of(status) == file
            && !SegmentUsers.Scan(openFiles: true).Uses(file)
            && SharedObject.Unlink(outline.Name);
    }
}
