using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using SharedObjects.Tests.Cli.Support;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Cli;

/// <summary><c>echo</c>: values as JSON and for people, parts of them, and each change.</summary>
public sealed class EchoTests(PeerFixture fixture) : CliTest(fixture)
{
    [Fact]
    public void Every_recorded_value_goes_in_by_create_and_comes_out_by_echo()
    {
        JsonNode[] vectors = [.. JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", "real_robot.json")))!.AsArray().Select(node => node!)];
        Assert.Equal(128, vectors.Length);
        foreach (IGrouping<int, int> group in Enumerable.Range(0, vectors.Length).GroupBy(i => (int)vectors[i]["init_size"]!))
        {
            string lines = string.Join('\n', group.Select(i =>
                new JsonObject { ["name"] = Name($"{i}"), ["value"] = vectors[i]["value"]!.DeepClone() }.ToJsonString()));
            ToolResult created = RunningTool.RunWith(lines, "create", "--json", "-", "--init-size", group.Key.ToString(CultureInfo.InvariantCulture)).Done();
            Assert.Equal(group.Count(), created.Lines.Length);
        }

        JsonNode[] echoed = Run(["echo", "--json", .. Enumerable.Range(0, vectors.Length).Select(i => Name($"{i}"))]).Done().Json;
        for (int i = 0; i < vectors.Length; i++)
        {
            // All of it: repr and first are Python's own texts.
            Assert.True(
                JsonNode.DeepEquals(vectors[i]["value"], echoed[i]["value"]),
                $"{vectors[i]["name"]}\n{vectors[i]["value"]!.ToJsonString()}\n{echoed[i]["value"]!.ToJsonString()}");
            if (vectors[i]["first_assigned"] is null)
            {
                byte[] recorded = Convert.FromBase64String((string)vectors[i]["shm_base64"]!);
                Assert.Equal(recorded.Length, (int)echoed[i]["size"]!);
                Assert.Equal(recorded[8..], Segments.Read(Name($"{i}"))[8..recorded.Length]);
            }
        }
    }

    [Fact]
    public void What_echo_prints_create_and_assign_take()
    {
        string name = Make("x", new SharedDict { { "q", NDArray.Create<double>([0.1, -0.0, double.NaN], 3) }, { "mode", "auto" } });
        ToolResult echoed = Run("echo", name, "--json").Done();

        RunningTool.RunWith(echoed.Output, "create", Name("copy"), "--json", "-").Done();
        using (SharedObject<object?> opened = SharedObject.OpenAny(Name("copy")))
        {
            opened.Assign(new SharedDict { { "q", NDArray.Create<double>([1, 2, 3], 3) }, { "mode", "other" } });
        }

        RunningTool.RunWith(echoed.Output, "assign", Name("copy"), "--json", "-").Done();

        Assert.True(JsonForm.SameBits(Value(name), Value(Name("copy"))));
    }

    [Fact]
    public void Arrays_look_as_numpy_prints_them()
    {
        var start = new ProcessStartInfo(Python.Executable, [Path.Combine(AppContext.BaseDirectory, "numpy_text.py"), Name("")]) { RedirectStandardOutput = true };
        start.Environment["PYTHONPATH"] = Path.Combine(Python.Root, "python", "src");
        using Process python = Process.Start(start)!;
        string[] expected = [.. JsonNode.Parse(python.StandardOutput.ReadToEnd())!.AsArray().Select(text => (string)text!)];
        python.WaitForExit();
        Assert.True(expected.Length > 30);

        string output = Run(["echo", .. Enumerable.Range(0, expected.Length).Select(i => Name($"{i:000}"))]).Done().Output;
        string[] found = [.. ("\n" + output).Split("\n# ", StringSplitOptions.RemoveEmptyEntries).Select(part => part[(part.IndexOf('\n') + 1)..].TrimEnd('\n'))];

        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(expected[i] == found[i], $"array {i}, numpy:\n{expected[i]}\nthe tool:\n{found[i]}");
        }
    }

    [Fact]
    public void Full_leaves_no_element_away()
    {
        string name = Make("x", NDArray.Create<int>([.. Enumerable.Range(0, 2000)], 2000));

        Assert.Contains("...", Run("echo", name).Done().Output, StringComparison.Ordinal);
        string full = Run("echo", name, "--full").Done().Output;
        Assert.Equal(
            Enumerable.Range(0, 2000), full.Split([' ', '\n', '[', ']'], StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("q[1]", "2.5")]
    [InlineData("q[-1]", "3.5")]
    [InlineData("in.a", "7")]
    [InlineData("['key with. dots']", "'x'")]
    [InlineData("[5]", "'five'")]
    [InlineData("m[1,0]", "3")]
    [InlineData("m[1]", "[3 4]")]
    [InlineData("tcp.p", "[1. 2. 3.]")]
    [InlineData("tcp.q[0]", "1.0")]
    [InlineData("tcp[2]", "3.0")]
    public void A_field_is_printed_alone(string field, string expected)
    {
        Assert.Equal(expected + "\n", Run("echo", MakeNested(), "--field", field).Done().Output);
    }

    [Theory]
    [InlineData("nope", 1, "no key 'nope'")]
    [InlineData("q[9]", 1, "out of range")]
    [InlineData("in.a.b", 1, "7 has no 'b'")]
    [InlineData("q[x]", 2, "is not a field")]
    [InlineData("q[1", 2, "is not a field")]
    [InlineData("", 2, "is not a field")]
    public void A_field_that_is_not_there_is_told(string field, int exitCode, string word) =>
        Run("echo", MakeNested(), "--field", field).Failed(exitCode, word);

    [Fact]
    public void A_value_for_people_has_an_item_a_line()
    {
        Assert.Equal(
            """
            q: [1.5 2.5 3.5]  # ndarray float64 (3,)
            in:
              a: 7
            'key with. dots': 'x'
            5: 'five'
            m:  # ndarray int32 (2, 2)
              [[1 2]
               [3 4]]
            tcp: Pose([1.0, 2.0, 3.0], [1.0, 0.0, 0.0, 0.0])

            """,
            Run("echo", MakeNested()).Done().Output);
    }

    [Fact]
    public void Control_characters_do_not_reach_the_terminal() =>
        Assert.Equal("'\\x1b[2J\\n'\n", Run("echo", Make("x", "\e[2J\n")).Done().Output);

    [Fact]
    public void A_value_that_was_never_assigned_is_said_to_be_none()
    {
        string name = MakePlain("x", 1.5, stopAfter: "metadata");
        Assert.Equal("(never assigned)\n", Run("echo", name).Done().Output);
        JsonNode line = Assert.Single(Run("echo", name, "--json").Done().Json);
        Assert.Null(line["value"]);
        Assert.Equal("0", (string)line["mtime"]!);
    }

    [Fact]
    public void A_torn_value_is_said_to_be_torn()
    {
        string name = Make("x", 1.5);
        Peer.Run("poke", ("name", name), ("offset", 128 + 8), ("u64", "12345")); // the trailer's word "writing"

        ToolResult result = Run("echo", name, "--json");

        Assert.Equal(0, result.ExitCode);
        Assert.True((bool)result.Json.Single()["torn"]!);
        Assert.Contains("torn", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void One_missing_name_does_not_keep_the_others_from_being_shown()
    {
        string name = Make("x", 1.5);
        ToolResult result = Run("echo", name, Name("missing"), name);
        result.Failed(1, $"no shared object '{Name("missing")}'");
        Assert.Equal(2, result.Output.Split("1.5").Length - 1);
    }

    [Fact]
    public void Follow_prints_each_change_of_a_python_writer_also_after_it_was_made_anew()
    {
        string name = Name();
        Peer.Open("a", name, 1L);
        using var tool = new RunningTool("echo", name, "--follow");
        Assert.Equal("1", tool.Output.ReadLine());
        Peer.Assign("a", 2L);
        Assert.Equal("2", tool.Output.ReadLine());
        Peer.Run("unlink", ("handle", "a"));
        Peer.Run("close", ("handle", "a"));
        Peer.Open("a", name, 3L);
        Assert.Equal("3", tool.Output.ReadLine());
        Peer.Run("close", ("handle", "a"));

        tool.Signal("INT");
        tool.End().Done();
    }

    [Fact]
    public void Follow_ends_after_so_many_values()
    {
        string name = Make("x", 1L);
        using var tool = new RunningTool("echo", name, "--follow", "--count", "2");
        Assert.Equal("1", tool.Output.ReadLine());
        Run("assign", name, "2").Done();
        Assert.Equal("2\n", tool.End().Done().Output);
    }

    [Fact]
    public void A_reader_that_goes_away_ends_the_tool_quietly()
    {
        string name = Make("x", NDArray.Create<int>(new int[100_000], 100_000));
        string script = "set -o pipefail; \"$0\" echo \"$1\" --full | head -n 1; echo \"codes ${PIPESTATUS[*]}\"; \"$0\" echo \"$1\" --field [0] --follow | head -n 1; "
            + "echo \"codes ${PIPESTATUS[*]}\"; \"$0\" list | head -n 1 >/dev/null; echo \"codes ${PIPESTATUS[*]}\"";
        var start = new ProcessStartInfo("bash", ["-c", script, RunningTool.Program, name]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process bash = Process.Start(start)!;
        using SharedObject<object?> writer = SharedObject.OpenAny(name);
        while (!bash.HasExited)
        {
            writer.Trigger(); // the one that follows must write to notice that nobody reads
            System.Threading.Thread.Sleep(5);
        }

        Assert.Equal("", bash.StandardError.ReadToEnd());
        Assert.Equal(3, bash.StandardOutput.ReadToEnd().Split("codes 0 0\n").Length - 1);
    }

    [Fact]
    public void An_error_is_one_line_that_moves_no_cursor_whatever_the_name()
    {
        foreach (string verb in (string[])["echo", "rm", "trigger", "hz"])
        {
            Assert.DoesNotContain('\e', Run(verb, Name("a\e[2J\nb")).Failed(1, Name("a?[2J b")));
        }
    }

    private string MakeNested() => Make("x", new SharedDict
    {
        { "q", NDArray.Create<double>([1.5, 2.5, 3.5], 3) },
        { "in", new SharedDict { { "a", 7L } } },
        { "key with. dots", "x" },
        { 5L, "five" },
        { "m", NDArray.Create<int>([1, 2, 3, 4], 2, 2) },
        { "tcp", new Pose(1, 2, 3, 1, 0, 0, 0) },
    });
}
