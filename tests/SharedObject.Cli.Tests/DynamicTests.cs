using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using SharedObjects.Tests.Cli.Support;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Cli;

/// <summary>Dynamic objects: all verbs take them, and see how long they are now.</summary>
public sealed class DynamicTests(PeerFixture fixture) : CliTest(fixture)
{
    private const int WritingOffset = 128 + 8, LengthOffset = 16, ValueOffset = 256; // docs/wire-format.md

    [Fact]
    public void It_is_made_from_any_json_and_assigned_any_value()
    {
        Run("create", Name(), "--dynamic", """["home", {"speed": 0.5, "n": null}]""").Done();
        using SharedDynamicObject handle = SharedDynamicObject.Open(Name());
        AssertSame(SharedList.From(["home", new SharedDict { ["speed"] = 0.5, ["n"] = null }]), handle.Fetch());
        AssertAssigned(handle, "0.7", 0.7);
        AssertAssigned(handle, "text", "text");
        AssertAssigned(handle, "None", null);
        AssertAssigned(handle, """{"a": [1, [true, "x"]], "": {}}""", new SharedDict { ["a"] = SharedList.From([1L, SharedList.From([true, "x"])]), [""] = new SharedDict() });
        AssertAssigned(handle, """{"type":"tuple","elements":[{"type":"none"}]}""", SharedTuple.From([null]));
        AssertAssigned(handle, new string('x', 100_000), new string('x', 100_000));

        byte[] before = Segments.Read(Name());
        Run("assign", Name(), "[1, 2").Failed(2, "no JSON");
        Run("assign", Name(), "[12345678901234567890]").Failed(2, "64 bits");
        Run("assign", Name(), """{"a": 1, "a": 2}""").Failed(2, "twice");
        Assert.Equal(before, Segments.Read(Name()));

        Run("create", Name("other"), "--dynamic", "1", "--init-size", "10").Failed(2, "--init-size");
        Assert.False(SharedObject.Exists(Name("other")));
        Run("create", Name("typed"), "--dynamic", "0042", "--type", "str").Done();
        using SharedDynamicObject typed = SharedDynamicObject.Open(Name("typed"));
        Assert.Equal("0042", typed.Fetch());
    }

    [Fact]
    public void List_and_info_say_what_it_is_and_what_it_holds_now()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), NDArray.Create<float>(new float[6], 2, 3));
        JsonNode line = Run("list", Name(), "--json").Done().Json.Single();
        Assert.Equal("dynamic", (string)line["type"]!);
        Assert.Equal(ValueOffset + 1 + 9 + 16 + 24, (int)line["size"]!);
        Assert.Equal(4096, (int)line["segment_size"]!);
        Assert.Contains("dynamic", Run("list", Name()).Done().Output, StringComparison.Ordinal);

        JsonNode info = Run("info", Name(), "--json").Done().Json.Single();
        Assert.Equal("ndarray", (string)info["holds"]!["type"]!);
        Assert.Equal("[2,3]", info["holds"]!["shape"]!.ToJsonString());
        Assert.False((bool)info["real_robot"]!["fetch"]!);
        JsonArray bytes = info["bytes"]!.AsArray();
        Assert.All(Enumerable.Range(1, bytes.Count - 1), i => Assert.Equal((int)bytes[i]!["offset"]!, (int)bytes[i - 1]!["offset"]! + (int)bytes[i - 1]!["size"]!));
        Assert.Equal(4096, (int)bytes[^1]!["offset"]! + (int)bytes[^1]!["size"]!);

        handle.Assign(new byte[1_000_000]);
        Assert.True((int)Run("list", Name(), "--json").Done().Json.Single()["size"]! > 1_000_000);
        Assert.Contains("value    bytes", Run("info", Name()).Done().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Follow_prints_whatever_it_becomes_also_by_a_python_writer()
    {
        Peer.Run("open_dynamic", ("handle", "a"), ("name", Name()), ("data", JsonForm.Write(1L)));
        using var tool = new RunningTool("echo", Name(), "--follow", "--json");
        object?[] values = [1L, "text", NDArray.Create<byte>(new byte[300_000], 300_000), new SharedDict { ["k"] = SharedTuple.From([1.5]) }, null];
        for (int i = 0; i < values.Length; i++)
        {
            if (i > 0)
            {
                Peer.Assign("a", values[i]);
            }

            JsonNode line = JsonNode.Parse(tool.Output.ReadLine()!)!;
            AssertSame(values[i], JsonForm.Read(line["value"]!));
        }

        Peer.Run("close", ("handle", "a"));
        tool.Signal("INT");
        tool.End().Done();
    }

    [Fact]
    public void A_dump_of_one_makes_it_again_or_is_assigned()
    {
        string folder = Directory.CreateTempSubdirectory("so-test-").FullName, file = Path.Combine(folder, "x.shm");
        try
        {
            object value = SharedList.From(["x", NDArray.Create<int>([1, 2], 2)]);
            using (SharedDynamicObject first = SharedDynamicObject.Create(Name(), new byte[100_000]))
            {
                first.Assign(value);
            }

            Run("dump", Name(), file).Done();
            Assert.Equal((int)Run("list", Name(), "--json").Done().Json.Single()["size"]!, new FileInfo(file).Length); // without the room to grow

            Run("restore", file, Name("copy")).Done();
            using SharedDynamicObject copy = SharedDynamicObject.Open(Name("copy"));
            AssertSame(value, copy.Fetch());
            Run("restore", file, Name("copy")).Failed(1, "exists", "--assign");
            copy.Assign(5);
            Run("restore", file, Name("copy"), "--assign").Done();
            AssertSame(value, copy.Fetch());
            Run("restore", file, Make("ordinary", 1.5), "--assign").Failed(1, "does not fit", "nothing was written");

            // And an ordinary one's is a value like any other.
            Run("dump", Make("y", 2.5), file).Done();
            Run("restore", file, Name("copy"), "--assign").Done();
            Assert.Equal(2.5, copy.Fetch());

            byte[] bad = Segments.Read(Name());
            bad[ValueOffset] = 99;
            File.WriteAllBytes(file, bad);
            Run("restore", file, Name("bad")).Failed(2, "no saved object", "nothing was made");
            Assert.False(SharedObject.Exists(Name("bad")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Bandwidth_is_that_of_what_was_written()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), 1);
        using var tool = new RunningTool("bw", Name(), "--json", "--interval", "0.2");
        bool stop = false;
        var writer = new Thread(() =>
        {
            for (int i = 0; !Volatile.Read(ref stop); i++)
            {
                handle.Assign(new byte[i % 2 == 0 ? 100_000 : 200_000]);
                Thread.Sleep(10);
            }
        });
        writer.Start();
        try
        {
            JsonNode line;
            do
            {
                line = JsonNode.Parse(tool.Output.ReadLine()!)!;
            }
            while ((int)line["changes"]! < 5);

            Assert.InRange((double)line["size"]!, 100_000, 201_000);
            Assert.True((double)line["bytes_per_second_at_least"]! > 0);
        }
        finally
        {
            Volatile.Write(ref stop, true);
            writer.Join();
        }

        tool.Signal("INT");
        Assert.Equal(0, tool.End().ExitCode);
        JsonNode top = Run("top", "--json", "--interval", "0.1", "--duration", "0.3").Done().Json[0];
        JsonNode mine = top["objects"]!.AsArray().Single(one => (string)one!["name"]! == Name())!;
        Assert.Equal("dynamic", (string)mine["type"]!);
        Assert.InRange((int)mine["size"]!, 100_000, 201_000);
    }

    [Fact]
    public void What_is_torn_or_no_value_is_told_and_the_next_assign_makes_up_for_it()
    {
        using SharedDynamicObject handle = SharedDynamicObject.Create(Name(), "value");
        Peer.Run("poke", ("name", Name()), ("offset", WritingOffset), ("u64", "12345"));
        ToolResult torn = Run("echo", Name(), "--json");
        Assert.Equal(0, torn.ExitCode);
        Assert.True((bool)torn.Json.Single()["torn"]!);
        Assert.Contains(Name(), FindingOf("torn"), StringComparison.Ordinal);

        foreach (string length in new[] { "0", "2", "100000", ulong.MaxValue.ToString(System.Globalization.CultureInfo.InvariantCulture) })
        {
            Run("assign", Name(), "text").Done();
            Peer.Run("poke", ("name", Name()), ("offset", LengthOffset), ("u64", length));
            Run("echo", Name()).Failed(1, Name(), "can't be read");
            Assert.Null(Run("info", Name(), "--json").Done().Json.Single()["holds"]);
            Assert.Contains("can't be read", Run("info", Name()).Done().Output, StringComparison.Ordinal);
            Run("list", Name()).Done();
        }

        Run("assign", Name(), "whole").Done();
        Assert.Equal("'whole'\n", Run("echo", Name()).Done().Output);
        Assert.DoesNotContain(Name(), FindingOf("torn"), StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_names_those_of_another_version()
    {
        SharedDynamicObject.Create(Name(), 1).Dispose();
        byte[] bytes = Segments.Read(Name());
        bytes[9] = 2;
        Segments.Write(Name("newer"), bytes);
        string found = FindingOf("versions");
        Assert.Contains(Name("newer"), found, StringComparison.Ordinal);
        Assert.DoesNotContain($"{Name()},", found, StringComparison.Ordinal);
        Run("echo", Name("newer")).Failed(1, "version 2");
    }

    private static string FindingOf(string check) =>
        (string)Run("doctor", "--json").Json.Single(finding => (string)finding["check"]! == check)["found"]!;

    private static void AssertSame(object? expected, object? found) => Assert.True(JsonForm.SameBits(expected, found), $"{found}");

    private void AssertAssigned(SharedDynamicObject handle, string text, object? expected)
    {
        Run("assign", Name(), text).Done();
        AssertSame(expected, handle.Fetch());
    }
}
