using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Segments;
using SharedObjects.Cli.Shell;

namespace SharedObjects.Cli.Verbs;

/// <summary>Saves an object's bytes.</summary>
internal static class DumpVerb
{
    internal static Verb Create()
    {
        Argument<string> name = Common.Name();
        Argument<string> file = new("FILE") { Description = "Where the bytes go; - for standard output." };
        Option<double> timeout = Common.Timeout();
        Option<bool> json = Common.Json();
        var verb = new Verb(
            "dump",
            "Save an object's raw bytes, header and data, to a file; restore makes it again. The trailer is not part of it.",
            """
            sharedobj dump arm_state arm_state.shm
            sharedobj dump rs_color - | xxd | head
            """)
        { name, file, timeout, json };
        return verb.Does((parsed, output) =>
        {
            SegmentCopy copy = SegmentCopy.Read(parsed.GetValue(name)!, parsed.GetValue(timeout));
            string target = parsed.GetValue(file)!;
            if (copy.IsTorn)
            {
                Tool.Complain($"the value of '{copy.Name}' is torn: what is saved is part old, part new");
            }

            if (target == "-")
            {
                output.Raw(copy.ObjectBytes);
                return ExitCode.Done;
            }

            Save(target, copy.ObjectBytes);
            if (parsed.GetValue(json))
            {
                output.Json(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", copy.Name);
                    writer.WriteString("mtime", copy.Stamp.ToString(CultureInfo.InvariantCulture));
                    writer.WriteNumber("size", copy.Outline.Size);
                    writer.WriteString("file", target);
                    writer.WriteEndObject();
                });
            }
            else
            {
                output.Line($"{Names.Printable(copy.Name)}: {LayoutText.Short(copy.Layout.Value)}, {copy.Outline.Size} bytes to {target}");
            }

            return ExitCode.Done;
        });
    }

    /// <summary>Writes beside the file first: one that was there is lost only when the new one is whole.</summary>
    internal static void Save(string file, ReadOnlySpan<byte> bytes)
    {
        string beside = $"{file}.{Environment.ProcessId}.tmp";
        try
        {
            File.WriteAllBytes(beside, bytes);
            File.Move(beside, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(beside))
            {
                File.Delete(beside);
            }

            throw ToolException.Failed($"'{file}' can't be written: {e.Message}");
        }
    }
}
