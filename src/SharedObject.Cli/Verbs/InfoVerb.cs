using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using SharedObjects.Cli.Linux;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Segments;
using SharedObjects.Cli.Shell;
using SharedObjects.Sync;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Verbs;

/// <summary>Everything about single objects, byte by byte.</summary>
internal static class InfoVerb
{
    internal static Verb Create()
    {
        Argument<string[]> names = Common.Names();
        Option<bool> json = Common.Json();
        Option<double> timeout = Common.Timeout();
        var verb = new Verb(
            "info",
            "Show an object's layout byte by byte, its stamps, and what Python peers can do with it.",
            """
            sharedobj info arm_state
            sharedobj info arm_state --json | jq .stamps
            """)
        { names, timeout, json };
        return verb.Does((parsed, output) =>
        {
            SegmentUsers? users = null;
            return Tool.ForEach(parsed.GetValue(names)!, name =>
            {
                SegmentCopy copy = SegmentCopy.Read(name, parsed.GetValue(timeout));
                users ??= SegmentUsers.Scan(openFiles: true);
                FileId file = FileId.Of(copy.Outline.Status);
                LockEntry[] held = SegmentLocks.Read().Of(copy.Outline.Status);
                if (parsed.GetValue(json))
                {
                    output.Json(writer => Write(writer, copy, users.Of(file), held, users));
                }
                else
                {
                    Print(output, copy, users.Of(file), held, users);
                }
            });
        });
    }

    private static void Print(Output output, SegmentCopy copy, ProcessInfo[] usedBy, LockEntry[] held, SegmentUsers users)
    {
        SegmentOutline outline = copy.Outline;
        output.Line(Names.Printable(copy.Name));
        Fact("type", copy.Layout.ToString());
        if (outline.IsDynamic)
        {
            Fact("value", copy.HeldLayout?.ToString() ?? $"can't be read: {copy.Problem}");
        }

        Fact("object", $"{outline.Size} bytes, in a segment of {outline.Status.Size}"
            + (outline.HasTrailer ? $" with a trailer of version {outline.TrailerVersion}" : ": plain, no trailer"));
        Fact("file", $"inode {outline.Status.Inode}, user {outline.Status.Owner}, mode {Convert.ToString((int)outline.Status.Mode, 8).PadLeft(4, '0')}");
        Fact("mtime", copy.Stamp == 0 ? "0: never assigned" : $"{copy.Stamp}: {Units.Clock(copy.Stamp)}, {Units.AgeText(copy.Stamp)} ago");
        if (outline.HasTrailer)
        {
            Fact("writing", copy.Writing == 0 ? "0: no write is under way" : $"{copy.Writing}: TORN, this write never ended");
            Fact("commit", copy.Commit == copy.Stamp
                ? $"{copy.Commit}: the same as mtime, so values are read without a lock"
                : $"{copy.Commit}: not mtime, so the next C# reader takes the lock once");
            Fact("schema", copy.SchemaHash == 0 ? "0: made without one" : $"0x{copy.SchemaHash:x16}");
            Fact("wake", $"{copy.Wake}, with {copy.Waiters} waiting");
        }

        Fact("used by", usedBy.Length == 0 ? "nobody" : string.Join(", ", usedBy.Select(Processes.Short)));
        Fact("lock", held.Length == 0 ? "free" : Processes.Short(held, users));
        PlainPeers peers = PlainPeers.Of(copy.Layout);
        Fact("python", $"real_robot: mount {YesNo(peers.CanMount)}, fetch {YesNo(peers.CanFetch)}, assign {YesNo(peers.CanAssign)}; sharedobjects: all");
        foreach (string note in peers.Notes)
        {
            Fact("", note);
        }

        output.Line();
        var table = new TextTable(">OFFSET", ">SIZE", "FIELD", "WHAT");
        foreach (ByteMap.Entry entry in ByteMap.Of(copy))
        {
            table.Add(Number(entry.Offset), Number(entry.Size), entry.Field, entry.Description);
        }

        foreach (string line in table.Lines())
        {
            output.Line(line);
        }

        void Fact(string label, string text) => output.Line($"  {label,-8} {Names.Printable(text)}");
    }

    private static void Write(Utf8JsonWriter json, SegmentCopy copy, ProcessInfo[] usedBy, LockEntry[] held, SegmentUsers users)
    {
        SegmentOutline outline = copy.Outline;
        json.WriteStartObject();
        json.WriteString("name", copy.Name);
        LayoutJson.WriteSummary(json, outline);
        json.WriteString("layout", copy.Layout.ToString());
        if (outline.IsDynamic)
        {
            WriteHeld(json, copy.HeldLayout);
        }

        json.WriteNumber("inode", outline.Status.Inode);
        json.WriteNumber("owner", outline.Status.Owner);
        json.WriteString("mode", Convert.ToString((int)outline.Status.Mode, 8).PadLeft(4, '0'));
        json.WriteBoolean("torn", copy.IsTorn);
        json.WriteStartObject("stamps");
        json.WriteString("mtime", Number(copy.Stamp));
        if (outline.HasTrailer)
        {
            json.WriteString("writing", Number(copy.Writing));
            json.WriteString("commit", Number(copy.Commit));
            json.WriteString("schema_hash", $"0x{copy.SchemaHash:x16}");
            json.WriteNumber("wake", copy.Wake);
            json.WriteNumber("waiters", copy.Waiters);
        }

        json.WriteEndObject();
        Processes.Write(json, "used_by", usedBy, held, users);
        WritePeers(json, PlainPeers.Of(copy.Layout));
        WriteMap(json, ByteMap.Of(copy));
        json.WriteEndObject();
    }

    /// <summary>What a dynamic object holds now; null where that can't be told.</summary>
    private static void WriteHeld(Utf8JsonWriter json, ObjectLayout? layout)
    {
        json.WritePropertyName("holds");
        if (layout is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        LayoutJson.WriteType(json, layout.Value);
        json.WriteString("layout", layout.ToString());
        json.WriteEndObject();
    }

    private static void WritePeers(Utf8JsonWriter json, PlainPeers peers)
    {
        json.WriteStartObject("real_robot");
        json.WriteBoolean("mount", peers.CanMount);
        json.WriteBoolean("fetch", peers.CanFetch);
        json.WriteBoolean("assign", peers.CanAssign);
        json.WriteStartArray("notes");
        foreach (string note in peers.Notes)
        {
            json.WriteStringValue(note);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter json, IReadOnlyList<ByteMap.Entry> map)
    {
        json.WriteStartArray("bytes");
        foreach (ByteMap.Entry entry in map)
        {
            json.WriteStartObject();
            json.WriteNumber("offset", entry.Offset);
            json.WriteNumber("size", entry.Size);
            json.WriteString("field", entry.Field);
            json.WriteString("what", entry.Description);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string YesNo(bool can) => can ? "yes" : "NO";

    private static string Number<T>(T number)
        where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);
}
