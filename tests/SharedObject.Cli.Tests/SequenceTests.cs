using System.Linq;
using System.Text.Json.Nodes;
using SharedObjects.Tests.Cli.Support;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Cli;

/// <summary>Tuples, lists and sets: how they are printed and typed, and their JSON form.</summary>
public sealed class SequenceTests(PeerFixture fixture) : CliTest(fixture)
{
    private static readonly SharedDict s_all = new()
    {
        ["tuple"] = SharedTuple.From([1L, "two", 3.5, null]),
        ["list"] = SharedList.From([new byte[] { 1, 2 }, SharedTuple.From([]), new SharedDict { ["in"] = true }]),
        ["set"] = SharedSet.From(["a", 7L]),
        ["empty"] = SharedList.From([]),
    };

    [Fact]
    public void They_are_printed_as_python_writes_them()
    {
        Assert.Equal("(1, 'two', 3.5, None)\n", Run("echo", Make("tuple", s_all["tuple"])).Done().Output);
        Assert.Equal("(1,)\n", Run("echo", Make("one", SharedTuple.From([1L]))).Done().Output);
        Assert.Equal(
            "[array([1. 2.]), ndarray int32 (1000,)]\n",
            Run("echo", Make("list", SharedList.From([NDArray.Create<double>([1, 2], 2), NDArray.Create<int>(new int[1000], 1000)]))).Done().Output);
        Assert.Equal("{7}\n", Run("echo", Make("set", SharedSet.From([7L]))).Done().Output);
        string all = Make("all", s_all);
        Assert.Equal("'two'\n", Run("echo", all, "--field", "tuple[1]").Done().Output);
        Assert.Equal("True\n", Run("echo", all, "--field", "list[-1].in").Done().Output);
        Run("echo", all, "--field", "tuple[4]").Failed(1, "index 4 is out of range of 4");
    }

    [Fact]
    public void The_json_form_makes_the_same_value_again_and_python_reads_it()
    {
        string saved = Run("echo", Make("x", s_all), "--json").Done().Output;
        Assert.True(JsonForm.SameBits(s_all, JsonForm.Read(JsonNode.Parse(saved)!["value"]!)));
        RunningTool.RunWith(saved, "create", Name("copy"), "--json", "-").Done();
        Assert.True(JsonForm.SameBits(s_all, Value(Name("copy"))));
        RunningTool.RunWith(saved, "assign", Name("copy"), "--json", "-").Done();
        Peer.Open("a", Name("copy"));
        Assert.True(JsonForm.SameBits(s_all, Peer.Fetch("a")));
        Peer.Run("close", ("handle", "a"));
    }

    [Fact]
    public void Json_without_types_is_read_as_the_slots_say()
    {
        AssertAssigned(SharedTuple.From([1.5, "x"]), "[2, \"y\"]", SharedTuple.From([2.0, "y"]));
        AssertAssigned(SharedList.From([1L, 2L, 3L]), "[4, 5]", SharedList.From([4L, 5L]));
        AssertAssigned(SharedList.From([1L, 2L, 3L]), "[]", SharedList.From([]));
        AssertAssigned(SharedSet.From([1L, 2L]), "[3, 3]", SharedSet.From([3L]));
        AssertAssigned(
            SharedList.From([new SharedDict { ["box"] = NDArray.Create<float>([0, 0], 2) }]),
            """[{"box": [1, 2]}]""",
            SharedList.From([new SharedDict { ["box"] = NDArray.Create<float>([1, 2], 2) }]));
        AssertAssigned(SharedList.From([1.5]), """{"type":"list","elements":[{"type":"int","value":"3"}]}""", SharedList.From([3.0]));
    }

    [Theory]
    [InlineData("[1]", "expected tuple (int, str of up to 100 bytes)")]
    [InlineData("[1, 2]", "[1]: expected str of up to 100 bytes, found 2")]
    [InlineData("[1, \"a\", 2]", "expected tuple")]
    [InlineData("7", "found 7")]
    public void What_does_not_fit_is_told_and_changes_nothing(string text, string word)
    {
        string name = Make("x", SharedTuple.From([1L, "a"]));
        byte[] before = Segments.Read(name);
        Run("assign", name, text).Failed(1, name, word, "nothing was written");
        Assert.Equal(before, Segments.Read(name));
    }

    [Fact]
    public void A_set_of_several_types_needs_them_in_its_json()
    {
        string name = Make("mixed", SharedSet.From([1L, "a"]));
        Run("assign", name, "[2, \"b\"]").Failed(1, "JSON with types");
        Run("assign", name, """{"type":"set","elements":[{"type":"str","utf8_base64":"Yg=="},{"type":"int","value":"2"}]}""").Done();
        Assert.True(JsonForm.SameBits(SharedSet.From([2L, "b"]), Value(name)));
        RunningTool.RunWith("""{"type":"set","elements":[{"type":"list","elements":[]}]}""", "create", Name(), "--json", "-").Failed(2, "an element of a set can't be a list");
        Assert.False(SharedObject.Exists(Name()));
    }

    [Fact]
    public void A_set_may_have_tuples()
    {
        string name = Make("cells", SharedSet.From([SharedTuple.Create(1L, "a"), SharedTuple.Create(2L, "b")]));
        Run("assign", name, "[[7, \"x\"]]").Done();
        Assert.True(JsonForm.SameBits(SharedSet.From([SharedTuple.Create(7L, "x")]), Value(name)));
        string json = JsonForm.Write(SharedSet.From([SharedTuple.Create(8L, "y")])).ToJsonString();
        RunningTool.RunWith(json, "assign", name, "--json", "-").Done();
        Assert.True(JsonForm.SameBits(SharedSet.From([SharedTuple.Create(8L, "y")]), Value(name)));
        json = JsonForm.Write(SharedSet.From([SharedTuple.Create(SharedList.Empty)])).ToJsonString();
        RunningTool.RunWith(json, "assign", name, "--json", "-").Failed(1, "an element of a set can't be a list");
    }

    [Theory]
    [InlineData("tuple")]
    [InlineData("list")]
    [InlineData("set")]
    public void A_large_one_is_found_and_mapped_byte_by_byte(string type)
    {
        object?[] elements = [.. Enumerable.Range(0, 1000).Select(i => (object?)(long)i)];
        string name = Make("x", type switch
        {
            "tuple" => SharedTuple.From(elements),
            "list" => SharedList.From(elements),
            _ => SharedSet.From(elements),
        });
        JsonNode line = Run("info", name, "--json").Done().Json.Single();
        Assert.Equal(type, (string)line["type"]!);
        Assert.Equal(1000, (int)line["slots"]!);
        Assert.Equal(9 + 16 + 9000, (int)line["size"]!);
        Assert.False((bool)line["real_robot"]!["fetch"]!);
        JsonArray bytes = line["bytes"]!.AsArray();
        Assert.All(Enumerable.Range(1, bytes.Count - 1), i => Assert.Equal((int)bytes[i]!["offset"]!, (int)bytes[i - 1]!["offset"]! + (int)bytes[i - 1]!["size"]!));
        Assert.True(JsonForm.SameBits(Value(name), JsonForm.Read(Run("echo", name, "--json").Done().Json.Single()["value"]!)));
    }

    private void AssertAssigned(object first, string text, object expected)
    {
        string name = Make("each", first);
        Run("assign", name, text).Done();
        Assert.True(JsonForm.SameBits(expected, Value(name)), text);
        Run("rm", name).Done();
    }
}
