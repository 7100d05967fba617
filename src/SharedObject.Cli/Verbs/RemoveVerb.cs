using System.CommandLine;
using SharedObjects.Cli.Segments;
using SharedObjects.Cli.Shell;

namespace SharedObjects.Cli.Verbs;

/// <summary>Unlinks objects by name.</summary>
internal static class RemoveVerb
{
    internal static Verb Create()
    {
        Argument<string[]> names = Common.Names();
        Option<bool> json = Common.Json();
        Option<bool> force = new("--force") { Description = "Remove segments that are no shared objects, too." };
        var verb = new Verb(
            "rm",
            "Unlink objects. Who has one mapped keeps the old memory; the next to open the name makes another.",
            """
            sharedobj rm speed mode
            sharedobj rm --force half_made
            """)
        { names, force, json };
        return verb.Does((parsed, output) => Tool.ForEach(parsed.GetValue(names)!, name =>
        {
            if (!(parsed.GetValue(force) && SharedObject.Exists(name)))
            {
                using SegmentFile file = SegmentFile.Open(name);
                if (SegmentOutline.TryRead(file, out string? problem) is null)
                {
                    throw ToolException.Failed($"{SegmentOutline.NotAnObject(name, problem!)}: --force removes it all the same");
                }
            }

            if (!SharedObject.Unlink(name))
            {
                throw ToolException.Failed(Tool.NotFound(name));
            }

            if (parsed.GetValue(json))
            {
                output.Json(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", name);
                    writer.WriteBoolean("removed", true);
                    writer.WriteEndObject();
                });
            }
        }));
    }
}
