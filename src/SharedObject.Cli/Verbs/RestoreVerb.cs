using System;
using System.Buffers.Binary;
using System.CommandLine;
using System.Globalization;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Segments;
using SharedObjects.Cli.Shell;
using SharedObjects.Objects;
using SharedObjects.Sync;
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
            Saved saved = Saved.Parse(Input.Read(source), out string? problem)
                ?? throw ToolException.Usage($"'{source}' is no saved object ({problem}); nothing was made");
            if (parsed.GetValue(assign))
            {
                Assign(target, saved, parsed.GetValue(timeout));
            }
            else
            {
                Make(target, saved);
            }

            if (parsed.GetValue(json))
            {
                ulong stamp = StampReader.TryRead(target) ?? 0;
                output.Json(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", target);
                    writer.WriteString("mtime", stamp.ToString(CultureInfo.InvariantCulture));
                    writer.WriteNumber("size", saved.Size);
                    writer.WriteEndObject();
                });
            }
            else
            {
                output.Line($"{Names.Printable(target)}: {LayoutText.Short(saved.Layout.Value)}, {saved.Size} bytes");
            }

            return ExitCode.Done;
        });
    }

    // By the layout of the bytes, and not by the value, whose capacities would follow from Python's rule.
    private static void Make(string name, Saved saved)
    {
        ObjectWriter<Saved>? writer = saved.WasAssigned
            ? static (target, in context, saved) => saved.Bytes.AsSpan(ObjectHeader.DataOffset, context.Layout.Value.DataSize).CopyTo(target[ObjectHeader.DataOffset..])
            : null;
        using MountedSegment made = (saved.IsDynamic
                ? ObjectMaker.TryMakeDynamic(name, SharedObjectOptions.Default, saved.ValueBytes, StampClock.Next())
                : ObjectMaker.TryMake(name, SharedObjectOptions.Default, saved.Layout, schemaHash: 0, writer, saved))
            ?? throw ToolException.Failed($"the shared object '{name}' exists already: give --assign, or sharedobj rm {name} first");
    }

    private static void Assign(string name, Saved saved, double timeout)
    {
        var options = new SharedObjectOptions { LockTimeout = TimeSpan.FromSeconds(timeout), Adopt = false };
        object? value = UntypedValue.Read(
            saved.HeldLayout.Value, saved.ValueBytes[ObjectHeader.DataOffset..], new CodecContext(name, saved.HeldLayout));
        SegmentOutline outline = SegmentOutline.Read(name);
        if (outline.IsDynamic)
        {
            using SharedDynamicObject dynamic = SharedDynamicObject.Open(name, options);
            dynamic.Assign(value);
            return;
        }

        if (outline.Layout.Value.DifferenceFrom(saved.Layout.Value, compareKeys: true) is { } difference)
        {
            throw ToolException.Failed($"the saved object does not fit '{name}': {difference}; nothing was written");
        }

        using SharedObject<object?> opened = SharedObject.OpenAny(name, options);
        opened.Assign(value);
    }

    /// <summary>The bytes of a file that <c>dump</c> has made.</summary>
    /// <param name="Bytes">All of them.</param>
    /// <param name="Layout">The object's layout.</param>
    /// <param name="HeldLayout">The layout of its value: the same, unless it is a dynamic object.</param>
    private sealed record Saved(byte[] Bytes, ObjectLayout Layout, ObjectLayout HeldLayout)
    {
        internal bool IsDynamic => Layout.Value.Tag == WireTag.Dynamic;

        internal bool WasAssigned => BinaryPrimitives.ReadUInt64LittleEndian(Bytes) != 0;

        internal int Size => IsDynamic ? Bytes.Length : Layout.BufferSize;

        /// <summary>The value's bytes, as those of an object.</summary>
        internal ReadOnlySpan<byte> ValueBytes => IsDynamic ? Bytes.AsSpan(DynamicArea.ObjectOffset) : Bytes;

        internal static Saved? Parse(byte[] bytes, out string? problem)
        {
            ObjectLayout? layout = LayoutParser.Parse(bytes, out problem), value = layout;
            if (layout is { Value.Tag: WireTag.Dynamic })
            {
                bytes = bytes[..DynamicSegment.EndOf(bytes, bytes.Length)]; // room to grow need not be kept
                DynamicSegment.Value(bytes, out value, out problem);
            }

            return value is null ? null : new Saved(bytes, layout!, value);
        }
    }
}
