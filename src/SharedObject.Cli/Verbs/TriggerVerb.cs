using System;
using System.CommandLine;
using System.Globalization;
using SharedObjects.Cli.Segments;
using SharedObjects.Cli.Shell;

namespace SharedObjects.Cli.Verbs;

/// <summary>Triggers objects.</summary>
internal static class TriggerVerb
{
    internal static Verb Create()
    {
        Argument<string[]> names = Common.Names();
        Option<bool> json = Common.Json();
        Option<double> timeout = Common.Timeout();
        var verb = new Verb(
            "trigger",
            "Give objects a new stamp and leave their values alone.",
            """
            sharedobj trigger join_arm
            """)
        { names, timeout, json };
        return verb.Does((parsed, output) =>
        {
            var options = new SharedObjectOptions { LockTimeout = TimeSpan.FromSeconds(parsed.GetValue(timeout)), Adopt = false };
            return Tool.ForEach(parsed.GetValue(names)!, name =>
            {
                SegmentOutline outline = SegmentOutline.Read(name);
                using SharedTrigger trigger = SharedTrigger.Open(name, options).Trigger();
                if (parsed.GetValue(json))
                {
                    output.Json(writer =>
                    {
                        writer.WriteStartObject();
                        writer.WriteString("name", name);
                        writer.WriteString("mtime", trigger.Timestamp.ToString(CultureInfo.InvariantCulture));
                        writer.WriteNumber("size", outline.Size);
                        writer.WriteEndObject();
                    });
                }
            });
        });
    }
}
