using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading;
using SharedObjects.Cli.Top;
using SharedObjects.Tests.Cli.Support;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Cli;

/// <summary>What draws, in a pseudo-terminal of 80 x 24.</summary>
public sealed partial class TerminalTests(PeerFixture fixture) : CliTest(fixture)
{
    private const string AlternateScreen = "\e[?1049h", UsualScreen = "\e[?1049l", HiddenCursor = "\e[?25l", Cursor = "\e[?25h";

    [Fact]
    public void Top_shows_rates_looks_into_objects_and_gives_the_terminal_back()
    {
        string busy = Name("busy"), still = Make("still", new SharedDict { { "mode", "waiting" }, { "q", NDArray.Create<double>([0.5, 1.5], 2) } });
        Peer.Open("a", busy, 1L);
        Peer.Run("write_loop", ("handle", "a"), ("values", new JsonArray(JsonForm.Write(1L), JsonForm.Write(2L))));
        try
        {
            JsonNode run = InTerminal(
                [
                    ["wait", "sharedobj top"], ["send", "/"], ["wait", "filter: _"], ["send", Name("")], ["send", "\r"],
                    ["wait", $"filter: {Name("")[..4]}"], ["send", "ssss"], ["wait", "sort: name"], ["wait", "Hz"], ["wait", "█"],
                    ["send", "j"], ["send", "\r"], ["wait", "mode: 'waiting'"], ["send", "k"], ["wait", "Esc back"], ["send", "\r"],
                    ["wait", "sharedobj top"], ["send", "q"],
                ],
                "top",
                "--interval",
                "0.2");

            AssertRestored(run);
            string output = (string)run["output"]!;
            Assert.Contains(busy, output, StringComparison.Ordinal);
            Assert.Contains(still, output, StringComparison.Ordinal);
            Assert.DoesNotContain("q quit", output[output.LastIndexOf(UsualScreen, StringComparison.Ordinal)..], StringComparison.Ordinal);
            AssertFits(output);
        }
        finally
        {
            Peer.Run("stop_loop", ("handle", "a"));
            Peer.Run("close", ("handle", "a"));
        }
    }

    [Theory]
    [InlineData("INT", "top")]
    [InlineData("TERM", "top")]
    [InlineData("HUP", "plot")]
    [InlineData("TERM", "plot")]
    public void A_signal_ends_it_with_the_terminal_as_it_was(string signal, string verb)
    {
        string name = Make("x", 1.5);
        string drawn = verb == "top" ? "q quit" : "the last";
        JsonNode run = InTerminal([["wait", drawn], ["signal", signal]], verb == "top" ? [verb] : [verb, name]);
        AssertRestored(run);
    }

    [Fact]
    public void Ctrl_c_ends_it_too()
    {
        Make("x", 1.5);
        AssertRestored(InTerminal([["wait", "q quit"], ["send", "\x03"]], "top"));
    }

    [Fact]
    public void Plot_names_all_joints_of_an_arm_each_in_a_colour_of_its_own()
    {
        string name = Make("x", NDArray.Create<double>([0.12345, 0.22345, 0.32345, 0.42345, 0.52345, 0.62345, 0.72345], 7));
        JsonNode run = InTerminal([["wait", "value[0]"], ["wait", "value[6]"], ["send", "q"]], "plot", name);
        AssertRestored(run);
        AssertFits((string)run["output"]!);
        Assert.Equal(7, Enumerable.Range(0, 7).Select(SharedObjects.Cli.Rendering.LinePlot.ColorOf).Distinct().Count());
    }

    [Theory]
    [InlineData("plot", true)]
    [InlineData("top", false)]
    public void No_color_means_none(string verb, bool takesName)
    {
        string name = Make("x", 1.5);
        string[] command = ["env", "NO_COLOR=1", RunningTool.Program, verb, .. takesName ? [name] : (string[])[]];
        JsonNode run = ProgramInTerminal([["wait", "q quit"], ["send", "q"]], command);
        AssertRestored(run);
        Assert.DoesNotMatch("\e\\[[0-9;]*[34][0-9](;[0-9]+)*m", (string)run["output"]!);
    }

    [Theory]
    [InlineData(80, "NAME TYPE SIZE RATE AGE LOCK HISTORY")]
    [InlineData(40, "NAME SIZE RATE AGE")]
    [InlineData(20, "NAME RATE")]
    public void Top_leaves_columns_out_that_there_is_no_room_for(int width, string headings)
    {
        Make("a", NDArray.Create<byte>(new byte[600], 10, 20, 3));
        Make("b", 1.5);
        using var activities = new Activities();
        activities.Poll();
        ObjectActivity[] mine = [.. activities.All.Where(activity => activity.Name.StartsWith(Name(""), StringComparison.Ordinal))];
        string[] lines = [.. new TopView().Frame(mine, width, 8).Select(line => EscapeSequence().Replace(line, ""))];
        Assert.Equal(headings, string.Join(' ', lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.All(lines, line => Assert.True(line.Length <= width, line));
        Assert.All(lines[2..4], line => Assert.StartsWith(Name("")[..8], line, StringComparison.Ordinal));
        Assert.Equal("", lines[4]);
    }

    // Not through the terminal: a busy machine may deliver the bytes of an arrow one by one, and Esc is a key of its own.
    [Fact]
    public void Arrows_choose_and_enter_opens_in_a_list_longer_than_the_screen()
    {
        foreach (int i in Enumerable.Range(0, 9))
        {
            Make($"x{i}", (long)i);
        }

        using var activities = new Activities();
        activities.Poll();
        ObjectActivity[] mine = [.. activities.All.Where(activity => activity.Name.StartsWith(Name(""), StringComparison.Ordinal))];
        var view = new TopView();
        string[] Frame() => [.. view.Frame(mine, 80, 8).Select(line => EscapeSequence().Replace(line, ""))];
        void Press(ConsoleKey key, char character = '\0') => view.Press(new ConsoleKeyInfo(character, key, false, false, false), mine);

        Assert.Contains(Frame(), line => line.StartsWith(Name("x0"), StringComparison.Ordinal));
        for (int i = 0; i < 20; i++)
        {
            Press(ConsoleKey.DownArrow);
        }

        Assert.Equal([Name("x4"), Name("x8")], Frame()[2..7].Select(line => line.Split(' ')[0]).Where((_, i) => i is 0 or 4));
        Press(ConsoleKey.UpArrow);
        Press(ConsoleKey.Enter);
        Assert.StartsWith(Name("x7") + "  int", Frame()[0], StringComparison.Ordinal);
        Assert.Equal("7", Frame()[3]);
        Press(ConsoleKey.LeftArrow);
        Assert.StartsWith("sharedobj top", Frame()[0], StringComparison.Ordinal);
        Press(ConsoleKey.Oem2, '/');
        Press(ConsoleKey.D3, '3');
        Press(ConsoleKey.Backspace);
        Press(ConsoleKey.X, 'x');
        Press(ConsoleKey.D5, '5');
        Press(ConsoleKey.Enter);
        Assert.Contains("filter: x5 (Esc clears)", Frame()[^1], StringComparison.Ordinal);
        Assert.Single(Frame(), line => line.StartsWith(Name(""), StringComparison.Ordinal));
        Press(ConsoleKey.Escape);
        Assert.Equal(5, Frame().Count(line => line.StartsWith(Name(""), StringComparison.Ordinal)));
        Press(ConsoleKey.Q);
        Assert.True(view.Quit);
    }

    [Fact]
    public void Plot_draws_curves_and_labels()
    {
        string name = Make("x", NDArray.Create<double>([0, 1], 2));
        bool stop = false;
        using SharedObject<object?> writer = SharedObject.OpenAny(name);
        var thread = new Thread(() =>
        {
            for (int i = 0; !Volatile.Read(ref stop); i++)
            {
                writer.Assign(NDArray.Create<double>([Math.Sin(i / 10.0), Math.Cos(i / 10.0)], 2));
                Thread.Sleep(5);
            }
        });
        thread.Start();
        try
        {
            JsonNode run = InTerminal([["wait", "value[1]"], ["wait", "\e[36m"], ["wait", "\e[24;1H"], ["send", "q"]], "plot", name, "--window", "3");
            AssertRestored(run);
            AssertFits((string)run["output"]!);
            Assert.Contains((string)run["output"]!, c => c is > '\u2800' and <= '\u28FF'); // dots of braille
        }
        finally
        {
            Volatile.Write(ref stop, true);
            thread.Join();
        }
    }

    [Fact]
    public void Plot_into_a_pipe_prints_numbers()
    {
        string name = Make("x", new SharedDict { { "q", NDArray.Create<double>([0.5, double.NaN], 2) } });
        Assert.Matches("^[0-9.]+\t0.5\tnan\n$", Run("plot", name, "--field", "q", "--duration", "0.2").Done().Output);
        JsonNode line = Run("plot", name, "--field", "q[1]", "--field", "q[0]", "--duration", "0.2", "--json").Done().Json.Single();
        Assert.Equal("""{"q[1]":"nan","q[0]":0.5}""", line["values"]!.ToJsonString());
        Run("plot", Make("text", "x"), "--duration", "0.2").Failed(1, "no number");
    }

    [Fact]
    public void Image_is_as_wide_as_the_terminal()
    {
        string name = Make("x", NDArray.Create<byte>(new byte[480 * 848 * 3], 480, 848, 3));
        JsonNode run = InTerminal([], "image", name);
        Assert.Equal(0, (int)run["code"]!);
        string[] drawn = [.. ((string)run["output"]!).Split("\r\n").Where(line => line.Contains('▀', StringComparison.Ordinal))];
        Assert.Equal(22, drawn.Length); // a row less than the 24 for what it is, and one for the prompt
        Assert.All(drawn, line => Assert.InRange(line.Count(c => c == '▀'), 70, 80));
        Assert.Contains("38;2;0;0;0", drawn[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Top_as_json_is_an_object_a_report()
    {
        string name = Make("x", 1.5);
        JsonNode report = Run("top", "--json", "--interval", "0.2", "--duration", "0.3").Done().Json[0];
        JsonNode line = report["objects"]!.AsArray().Single(node => (string)node!["name"]! == name)!;
        Assert.Equal("float", (string)line["type"]!);
        Assert.Equal(0.0, (double)line["hz_at_least"]!);
    }

    private static void AssertRestored(JsonNode run)
    {
        string output = (string)run["output"]!;
        Assert.True((int)run["code"]! == 0 && run["left"]!.AsArray().Count == 0, $"code {run["code"]}, left {run["left"]!.ToJsonString()}: {output}");
        Assert.True((bool)run["restored"]!, "The terminal does not echo as before.");
        Assert.Contains(AlternateScreen, output, StringComparison.Ordinal);
        Assert.Contains(HiddenCursor, output, StringComparison.Ordinal);
        Assert.True(output.LastIndexOf(UsualScreen, StringComparison.Ordinal) > output.LastIndexOf(AlternateScreen, StringComparison.Ordinal));
        Assert.True(output.LastIndexOf(Cursor, StringComparison.Ordinal) > output.LastIndexOf(HiddenCursor, StringComparison.Ordinal));
        Assert.DoesNotContain("Exception", output, StringComparison.Ordinal);
    }

    /// <summary>No frame has a line that the terminal would wrap, or more lines than it has.</summary>
    private static void AssertFits(string output)
    {
        string[] frames = output.Split("\e[1;1H")[1..];
        Assert.NotEmpty(frames);
        foreach (string frame in frames)
        {
            string[] lines = [.. NextLine().Split(frame.Split(UsualScreen)[0]).Select(line => EscapeSequence().Replace(line, ""))];
            Assert.InRange(lines.Length, 1, 24);
            Assert.All(lines, line => Assert.True(line.Length <= 80, line));
        }
    }

    private static JsonNode InTerminal(string[][] steps, params string[] arguments) => ProgramInTerminal(steps, [RunningTool.Program, .. arguments]);

    private static JsonNode ProgramInTerminal(string[][] steps, string[] command)
    {
        var script = new JsonArray([.. steps.Select(step => (JsonNode)new JsonArray([.. step.Select(word => (JsonNode)word)]))]);
        using Process python = Process.Start(new ProcessStartInfo(
            Python.Executable, [Path.Combine(AppContext.BaseDirectory, "in_terminal.py"), script.ToJsonString(), .. command])
        {
            RedirectStandardOutput = true,
        })!;
        string output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        return JsonNode.Parse(output)!;
    }

    [GeneratedRegex("\e\\[[0-9]+;1H")]
    private static partial Regex NextLine();

    [GeneratedRegex("\e(\\[[0-9;?]*[A-Za-z]|[=>])")]
    private static partial Regex EscapeSequence();
}
