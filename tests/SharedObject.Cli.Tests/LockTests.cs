using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using SharedObjects.Tests.Cli.Support;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Cli;

/// <summary>Locks that others hold: the tool says who, and waits no longer than it was told to.</summary>
public sealed class LockTests : SegmentTest
{
    [Theory]
    [InlineData("echo")]
    [InlineData("assign", "2")]
    [InlineData("trigger")]
    [InlineData("info")]
    [InlineData("dump", "-")]
    public void A_lock_that_a_stopped_process_holds_is_told_in_time(string verb, params string[] more)
    {
        using var peer = new PythonPeer();
        peer.Open("a", Name(), 1.5);
        peer.Run("lock", ("handle", "a"), ("mode", "ex"));
        Signal(peer, "STOP");
        try
        {
            Until(() => ProcessState(peer.Id) == 'T');
            Run([verb, Name(), .. more, "--timeout", "0.3"]).Failed(
                3, $"writer's lock of '{Name()}'", $"pid {peer.Id}", "peer.py, stopped", $"kill -CONT {peer.Id}");
        }
        finally
        {
            Signal(peer, "CONT");
        }

        peer.Run("unlock", ("handle", "a"));
        RunningTool.Run([verb, Name(), .. more]).Done();
    }

    [Fact]
    public void Readers_do_not_keep_readers_out()
    {
        using var peer = new PythonPeer();
        peer.Open("a", Name(), 1.5);
        peer.Run("lock", ("handle", "a"), ("mode", "sh"));
        RunningTool.Run("echo", Name(), "--timeout", "0").Done();
        Run("assign", Name(), "2", "--timeout", "0.2").Failed(3, "a readers' lock", $"pid {peer.Id}");
    }

    [Fact]
    public void Following_one_that_is_locked_does_not_keep_the_others_from_being_followed()
    {
        using var peer = new PythonPeer();
        peer.Open("a", Name(), 1.5);
        peer.Open("b", Name("other"), 1L);
        peer.Run("lock", ("handle", "a"), ("mode", "ex"));
        using var tool = new RunningTool("echo", Name(), Name("other"), "--follow", "--count", "2", "--json", "--timeout", "0.2");
        Assert.Equal(1L, JsonForm.Read(JsonNode.Parse(tool.Output.ReadLine()!)!["value"]!));
        peer.Assign("b", 2L);
        ToolResult result = tool.End();
        result.Failed(3, $"writer's lock of '{Name()}'", $"pid {peer.Id}");
        Assert.Equal(2L, JsonForm.Read(result.Json.Single()["value"]!));

        Run("echo", Name(), "--follow", "--timeout", "0.2").Failed(3, "writer's lock"); // nothing is left to follow
    }

    private const string TakeAndFork = """
        import fcntl, os, sys
        fd = os.open("/dev/shm/" + sys.argv[1], os.O_RDWR)
        fcntl.flock(fd, fcntl.LOCK_EX)
        if os.fork():
            os._exit(0)
        print(os.getpid(), flush=True)
        sys.stdin.read()
        """;

    [Fact]
    public void Who_has_inherited_a_lock_is_named_and_not_the_process_that_took_it_and_has_ended()
    {
        SharedObject.Create(Name(), 1L).Dispose();
        using Process taker = Process.Start(new ProcessStartInfo(Python.Executable, ["-c", TakeAndFork, Name()])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        int heir = int.Parse(taker.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        taker.WaitForExit();
        Assert.NotEqual(taker.Id, heir);

        JsonNode held = Assert.Single(RunningTool.Run("list", Name(), "--json").Done().Json.Single()["locks"]!.AsArray())!;
        Assert.Equal(heir, (int)held["pid"]!);
        Assert.StartsWith("python3", (string)held["command"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("fcntl", (string)held["command"]!, StringComparison.Ordinal); // no code, of which there may be much
        Run("echo", Name(), "--timeout", "0").Failed(3, $"pid {heir} (python3", $"kill {heir}");
        Run("assign", Name(), "2", "--timeout", "0.2").Failed(3, $"pid {heir} (python3");
        Assert.Contains($"{Name()} by pid {heir} (python3", RunningTool.Run("doctor").Output, StringComparison.Ordinal);

        taker.StandardInput.Close();
        RunningTool.Run("assign", Name(), "2", "--timeout", "60").Done();
    }

    /// <summary>
    /// /proc/locks leaves such a lock out there. By unshare(1): where that may not be done (a container without CAP_SYS_ADMIN, or without user
    /// namespaces), this test fails and unshare says why.
    /// </summary>
    [Fact]
    public void Who_has_inherited_a_lock_is_found_in_a_container_as_well()
    {
        const string Inside = """
            "$2" -c "$3" "$1" | (
            read -r heir
            echo "$heir"
            "$0" assign "$1" 2 --timeout 0.2 2>&1
            echo $?
            "$0" doctor --json
            exec kill "$heir")
            """;
        SharedObject.Create(Name(), 1L).Dispose();
        string[] user = Environment.UserName == "root" ? [] : ["--user", "--map-root-user"];
        using Process container = Process.Start(new ProcessStartInfo(
            "unshare",
            [
                .. user, "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
                "sh", "-c", Inside, RunningTool.Program, Name(), Python.Executable, TakeAndFork.Replace("sys.stdin.read()", "import time; time.sleep(600)", StringComparison.Ordinal),
            ])
        {
            RedirectStandardOutput = true,
        })!;
        string heir = container.StandardOutput.ReadLine()!;
        Assert.Contains($"is held by pid {heir} (python3", container.StandardOutput.ReadLine(), StringComparison.Ordinal);
        Assert.Equal("3", container.StandardOutput.ReadLine());
        Assert.Contains($"{Name()} by pid {heir} (python3", container.StandardOutput.ReadToEnd(), StringComparison.Ordinal);
        container.WaitForExit();
    }

    [Fact]
    public void Doctor_tells_of_locks_torn_values_and_objects_that_were_made_anew()
    {
        using var peer = new PythonPeer();
        peer.Open("a", Name("locked"), 1.5);
        peer.Run("lock", ("handle", "a"), ("mode", "ex"));

        // Opened, and not made: a file that was made without a name has none in its maker's map.
        SharedObject.Create(Name("split"), 1.5).Dispose();
        peer.Open("b", Name("split"));
        SharedObject.Unlink(Name("split"));
        SharedObject.Create(Name("split"), 2.5).Dispose();
        SharedObject.Create(Name("torn"), 1.5).Dispose();
        peer.Run("poke", ("name", Name("torn")), ("offset", 128 + 8), ("u64", "12345"));
        Segments.Write(Name("empty"), []);

        // By a process that has ended: one of ours unmaps what it has disposed of only when its garbage is collected.
        RunningTool.Run("create", Name("unused"), "1.5").Done();

        ToolResult result = RunningTool.Run("doctor", "--json");

        Assert.Equal(1, result.ExitCode);
        JsonNode Of(string check) => result.Json.Single(line => (string)line["check"]! == check);
        foreach ((string check, string word) in new[]
        {
            ("locks", $"{Name("locked")} by pid {peer.Id}"), ("split", $"{Name("split")} in pid {peer.Id}"), ("torn", "half-way"), ("unfinished", "empty"), ("unused", "no process"),
        })
        {
            Assert.False((bool)Of(check)["ok"]!, check);
            Assert.Contains(word, (string)Of(check)["found"]!, StringComparison.Ordinal);
            Assert.NotEqual("", (string)Of(check)["advice"]!);
        }

        Assert.True((bool)Of("versions")["ok"]!);
        Assert.Contains("-> ", RunningTool.Run("doctor").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tool_that_is_killed_leaves_no_lock()
    {
        using var peer = new PythonPeer();
        peer.Open("a", Name(), NDArray.Create<byte>(new byte[1_000_000], 1_000_000));
        foreach (string signal in (string[])["INT", "TERM", "KILL"])
        {
            using var tool = new RunningTool("echo", Name(), "--follow", "--field", "[0]");
            Assert.Equal("0", tool.Output.ReadLine());
            tool.Signal(signal);
            ToolResult result = tool.End();
            Assert.Equal("", result.Errors);
            Assert.True(peer.CanLock(Name()));
        }
    }

    private static ToolResult Run(params string[] arguments) => RunningTool.Run(arguments);

    private static char ProcessState(int id) => System.IO.File.ReadAllText($"/proc/{id}/stat").Split(") ")[^1][0];

    private static void Signal(PythonPeer peer, string name)
    {
        using Process kill = Process.Start("kill", ["-" + name, peer.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
