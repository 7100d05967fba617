using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.IO;
using System.Text.Json.Nodes;
using System.Threading;
using SharedObjects.Tests.Cli.Support;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Cli;

/// <summary><c>list</c> and <c>info</c>: what they find, and that looking changes nothing.</summary>
public sealed class ListTests(PeerFixture fixture) : CliTest(fixture)
{
    [Fact]
    public void Objects_of_csharp_and_of_python_are_listed_with_type_size_and_kind()
    {
        string mine = Make("mine", NDArray.Create<double>([1, 2, 3], 3));
        string plain = MakePlain("plain", 2.5);
        Make("dict", new SharedDict { { "a", 1L }, { "b", "text" } });

        JsonNode[] all = Run("list", "--json").Done().Json;
        JsonNode Of(string name) => Assert.Single(all, node => (string)node["name"]! == name);

        Assert.Equal("ndarray", (string)Of(mine)["type"]!);
        Assert.Equal("[3]", Of(mine)["shape"]!.ToJsonString());
        Assert.Equal(18 + 8 + 24, (int)Of(mine)["size"]!);
        Assert.True((bool)Of(mine)["trailer"]!);
        Assert.Equal("float", (string)Of(plain)["type"]!);
        Assert.Equal(17, (int)Of(plain)["segment_size"]!);
        Assert.False((bool)Of(plain)["trailer"]!);
        Assert.Equal(2, (int)Of(Name("dict"))["items"]!);
        Assert.Equal(BinaryPrimitives.ReadUInt64LittleEndian(Segments.Read(mine)).ToString(), (string)Of(mine)["mtime"]!);

        string[] lines = Run("list", mine, plain).Done().Lines;
        Assert.Equal(3, lines.Length);
        Assert.Matches(@"float64 \(3,\) +50 B +\d+.* trailer", lines[1]);
        Assert.Matches(@"float +17 B +\d+.* plain", lines[2]);
    }

    [Fact]
    public void What_is_no_object_is_not_listed_and_not_touched()
    {
        Segments.Write(Name("random"), [1, 2, 3, 4, 5, 6, 7, 8, 77, 1, 2, 3]);
        Segments.Write(Name("short"), [1]);
        Segments.Write(Name("empty"), []);
        byte[] dict = new byte[100_000];
        dict[8] = 10; // the tag of a dict, and sizes that do not add up
        Segments.Write(Name("dict"), dict);
        File.CreateSymbolicLink(Segments.Path(Name("link")), Segments.Path(Name("random")));
        using (Process mkfifo = Process.Start("mkfifo", [Segments.Path(Name("fifo"))]))
        {
            mkfifo.WaitForExit();
        }

        JsonNode[] all = Run("list", "--json").Done().Json;

        Assert.DoesNotContain(all, node => ((string)node["name"]!).StartsWith(Name(""), StringComparison.Ordinal));
        Assert.Equal(12, new FileInfo(Segments.Path(Name("random"))).Length);
        Run("list", Name("random")).Failed(1, Name("random"), "no shared object");
        Run("echo", Name("link")).Failed(1, "symbolic link");
        Run("echo", Name("fifo")).Failed(1, "not a regular file");
        Run("echo", Name("empty")).Failed(1, "being made");
        Run("info", Name("dict")).Failed(1, "no shared object");
    }

    [Fact]
    public void Looking_changes_no_byte_and_leaves_no_lock()
    {
        string plain = MakePlain("plain", NDArray.Create<float>([1, 2], 2));
        string mine = Make("mine", "text");
        byte[] plainBefore = Segments.Read(plain), mineBefore = Segments.Read(mine);

        Run("list").Done();
        Run("info", plain, mine).Done();
        Run("echo", plain, mine).Done();
        Run("image", plain).Failed(1, "no image");
        Run("hz", plain, mine, "--duration", "0.2").Done();
        Run("doctor");
        Run("clean", plain, mine);

        Assert.Equal(plainBefore, Segments.Read(plain));
        Assert.Equal(mineBefore, Segments.Read(mine));
        Assert.True(Peer.CanLock(plain));
        Assert.True(Peer.CanLock(mine));
    }

    [Fact]
    public void Who_maps_an_object_and_who_holds_its_lock_is_told()
    {
        Peer.Open("a", Name(), 1.5);
        Peer.Run("lock", ("handle", "a"), ("mode", "ex"));
        try
        {
            JsonNode line = Assert.Single(Run("list", Name(), "--json").Done().Json);
            Assert.Contains(line["mapped_by"]!.AsArray(), process => (int)process!["pid"]! == Peer.Id);
            JsonNode held = Assert.Single(line["locks"]!.AsArray())!;
            Assert.Equal(Peer.Id, (int)held["pid"]!);
            Assert.Equal("exclusive", (string)held["mode"]!);
            Assert.Matches($@"writer python3.* peer\.py\({Peer.Id}\)", Run("list", Name()).Done().Output);
        }
        finally
        {
            Peer.Run("unlock", ("handle", "a"));
            Peer.Run("close", ("handle", "a"));
        }
    }

    [Fact]
    public void Info_gives_every_byte_of_a_segment_a_meaning()
    {
        string name = Make("x", new SharedDict
        {
            { "flag", true }, { 3L, "three" }, { "a", NDArray.Create<ushort>([1, 2, 3, 4], 2, 2) }, { "in", new SharedDict { { "z", 1.0 } } }, { "b", new byte[] { 1 } },
        });

        JsonNode info = Assert.Single(Run("info", name, "--json").Done().Json);

        int at = 0;
        foreach (JsonNode? entry in info["bytes"]!.AsArray())
        {
            Assert.Equal(at, (int)entry!["offset"]!);
            at += (int)entry["size"]!;
        }

        Assert.Equal(new FileInfo(Segments.Path(name)).Length, at);
        Assert.Equal((string)info["stamps"]!["mtime"]!, (string)info["stamps"]!["commit"]!);
        Assert.False((bool)info["real_robot"]!["fetch"]!);
        Assert.True((bool)info["real_robot"]!["mount"]!);
        Assert.Contains("dict in a dict", Run("info", name).Done().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_segment_that_is_cut_short_and_regrown_all_the_time_does_no_harm()
    {
        string name = Make("x", NDArray.Create<byte>(new byte[300_000], 300, 1000));
        byte[] whole = Segments.Read(name);
        bool stop = false;
        var cutting = new Thread(() =>
        {
            using var file = new FileStream(Segments.Path(name), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            while (!Volatile.Read(ref stop))
            {
                file.SetLength(5000);
                file.Position = 0;
                file.Write(whole);
            }
        });
        cutting.Start();
        try
        {
            for (int i = 0; i < 4; i++)
            {
                Run("list").Done();
                foreach (string verb in (string[])["echo", "info", "image"])
                {
                    ToolResult result = Run(verb, name, "--timeout", "0.2");
                    Assert.True(result.ExitCode is 0 or 1 or 3, result.Errors);
                    Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
                }
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            cutting.Join();
        }
    }
}
