using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using SharedObjects.Tests.Cli.Support;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Cli;

/// <summary><c>dump</c>, <c>restore</c>, <c>rm</c>, <c>clean</c>.</summary>
public sealed class SaveTests(PeerFixture fixture) : CliTest(fixture)
{
    private readonly string _folder = Directory.CreateTempSubdirectory("so-test-").FullName;

    public override void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void A_dump_is_the_object_without_trailer_and_restores_to_the_same_bytes()
    {
        using (SharedObject.Create(Name(), (object?)"first, which sets the capacity", new SharedObjectOptions { InitSize = 300 }))
        {
        }

        Run("assign", Name(), "second").Done();
        string file = Path.Combine(_folder, "x.shm");
        Run("dump", Name(), file).Done();
        byte[] saved = File.ReadAllBytes(file);
        Assert.Equal(17 + 301, saved.Length);
        Assert.Equal(Segments.Read(Name())[..saved.Length], saved);

        Run("restore", file, Name("copy")).Done();

        Assert.Equal(saved[8..], Segments.Read(Name("copy"))[8..saved.Length]);
        Assert.NotEqual(saved[..8], Segments.Read(Name("copy"))[..8]);
        Assert.Equal("second", Value(Name("copy")));

        Run("restore", file, Name("copy")).Failed(1, "exists", "--assign");
        Run("assign", Name("copy"), "third").Done();
        Run("restore", file, Name("copy"), "--assign").Done();
        Assert.Equal("second", Value(Name("copy")));
        Run("restore", file, Make("other", 1.5), "--assign").Failed(1, "does not fit", "nothing was written");
    }

    [Fact]
    public void An_object_that_was_never_assigned_is_restored_as_that()
    {
        string file = Path.Combine(_folder, "x.shm");
        Run("dump", MakePlain("x", 1.5, stopAfter: "metadata"), file).Done();
        Run("restore", file, Name("copy")).Done();
        Assert.Equal("(never assigned)\n", Run("echo", Name("copy")).Done().Output);
    }

    [Fact]
    public void What_is_no_saved_object_makes_nothing()
    {
        string file = Path.Combine(_folder, "x.shm");
        File.WriteAllBytes(file, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        Run("restore", file, Name()).Failed(2, "no saved object", "nothing was made");
        Run("restore", Path.Combine(_folder, "missing"), Name()).Failed(2, "can't be read");
        Assert.False(SharedObject.Exists(Name()));
        Run("dump", Make("y", 1L), Path.Combine(_folder, "no/such/folder")).Failed(1, "can't be written");
    }

    [Fact]
    public void Rm_removes_objects_and_others_only_by_force()
    {
        string one = Make("one", 1L), two = MakePlain("two", 1L);
        Segments.Write(Name("foreign"), [1, 2, 3]);
        Run("rm", one, Name("foreign"), two).Failed(1, Name("foreign"), "--force");
        Assert.False(SharedObject.Exists(one) || SharedObject.Exists(two));
        Assert.True(SharedObject.Exists(Name("foreign")));
        Run("rm", "--force", Name("foreign")).Done();
        Assert.False(SharedObject.Exists(Name("foreign")));
        Run("rm", one).Failed(1, "no shared object");
        Run("rm", "--force", one).Failed(1, "no shared object");
    }

    [Fact]
    public void Clean_removes_what_nobody_has_and_only_when_told_to()
    {
        // By processes that have ended: these tests themselves may still map what they have made.
        string[] names = [Name("unused"), Name("mapped"), Name("opened")];
        Assert.All(names, name => Run("create", name, "1").Done());
        (string unused, string opened) = (names[0], names[2]);
        Peer.Open("a", names[1]);
        using Process holder = Process.Start(new ProcessStartInfo("bash", ["-c", $"exec 9<{Segments.Path(opened)}; echo; read"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        holder.StandardOutput.ReadLine();
        try
        {
            ToolResult said = Run(["clean", .. names, "--json"]);
            Assert.Equal(0, said.ExitCode);
            JsonNode line = Assert.Single(said.Json);
            Assert.Equal(unused, (string)line["name"]!);
            Assert.False((bool)line["removed"]!);
            Assert.True(SharedObject.Exists(unused));

            // Some machines have processes that nobody may look into.
            ToolResult done = Run(["clean", .. names, "--json", "--yes", "--ignore-unseen"]);
            Assert.Equal(0, done.ExitCode);
            Assert.True((bool)Assert.Single(done.Json)["removed"]!);
            Assert.Equal([false, true, true], names.Select(SharedObject.Exists));
        }
        finally
        {
            holder.StandardInput.Close();
            holder.WaitForExit();
            Peer.Run("close", ("handle", "a"));
        }
    }
}
