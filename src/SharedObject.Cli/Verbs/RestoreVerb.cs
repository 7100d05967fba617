using System;
using System.Buffers.Binary;
using System.CommandLine;
using System.Globalization;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Segments;
using SharedObjects.Cli.Shell;
using SharedObjects.Objects;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Verbs;

/// <summary>Makes an object from saved bytes.</summary>
internal static class RestoreVerb
{
    internal static Verb Create()
    {
        Argument<string> file = new("FILE") { Description = "What dump has saved; - for standard input." };
        Argument<string> name = Common.Name();
        Option<bool> assign = new("--assign") { Description = "Assign the value to the object that there is, if it has the same layout." };
        Option<double> timeout = Common.Timeout();
        Option<bool> json = Common.Json();
        var verb = new Verb(
            "restore",
            "Make an object from what dump has saved, in one step: the same layout, capacities and value, with a new stamp.",
            """
            sharedobj restore arm_state.shm arm_state
            sharedobj restore arm_state.shm arm_state --assign
            """)
        { file, name, assign, timeout, json };
        return verb.Does((parsed, output) =>
        {
            string source = parsed.GetValue(file)!;
            string target = parsed.GetValue(name)!;
            byte[] bytes = Input.Read(source);
            ObjectLayout layout = LayoutParser.Parse(bytes, out string? problem)
                ?? throw ToolException.Usage($"'{source}' is no saved object ({problem}); nothing was made");
            if (parsed.GetValue(assign))
            {
                Assign(target, layout, bytes, parsed.GetValue(timeout));
            }
            else
            {
                Make(target, layout, bytes);
            }

            if (parsed.GetValue(json))
            {
                ulong stamp = StampReader.TryRead(target) ?? 0;
                output.Json(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", target);
                    writer.WriteString("mtime", stamp.ToString(CultureInfo.InvariantCulture));
                    writer.WriteNumber("size", layout.BufferSize);
                    writer.WriteEndObject();
                });
            }
            else
            {
                output.Line($"{Names.Printable(target)}: {LayoutText.Short(layout.Value)}, {layout.BufferSize} bytes");
            }

            return ExitCode.Done;
        });
    }

    // By the layout of the bytes, and not by the value, whose capacities would follow from Python's rule.
    private static void Make(string name, ObjectLayout layout, byte[] bytes)
    {
        bool wasAssigned = BinaryPrimitives.ReadUInt64LittleEndian(bytes) != 0;
        ObjectWriter<byte[]>? writer = wasAssigned ? static (target, in context, saved) => CopyData(saved, target, context.Layout) : null;
        using MountedSegment made = ObjectMaker.TryMake(name, SharedObjectOptions.Default, layout, schemaHash: 0, writer, bytes)
            ?? throw ToolException.Failed($"the shared object '{name}' exists already: give --assign, or sharedobj rm {name} first");
    }

    private static void CopyData(byte[] saved, Span<byte> target, ObjectLayout layout) =>
        saved.AsSpan(ObjectHeader.DataOffset, layout.Value.DataSize).CopyTo(target[ObjectHeader.DataOffset..]);

    private static void Assign(string name, ObjectLayout layout, byte[] bytes, double timeout)
    {
        var options = new SharedObjectOptions { LockTimeout = TimeSpan.FromSeconds(timeout), Adopt = false };
        using SharedObject<object?> opened = SharedObject.OpenAny(name, options);
        if (opened.Layout.Value.DifferenceFrom(layout.Value, compareKeys: true) is { } difference)
        {
            throw ToolException.Failed($"the saved object does not fit '{name}': {difference}; nothing was written");
        }

        opened.Assign(UntypedValue.Read(layout.Value, bytes.AsSpan(ObjectHeader.DataOffset), new CodecContext(name, layout)));
    }
}
