using System;
using System.IO;
using System.Linq;
using System.Numerics;
using System.Text.Json.Nodes;
using SharedObjects.Tests.Cli.Support;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Cli;

/// <summary><c>create</c>, <c>assign</c> and <c>trigger</c>: what they take, and what they refuse without touching anything.</summary>
public sealed class WriteTests(PeerFixture fixture) : CliTest(fixture)
{
    [Theory]
    [InlineData("0.5", 0.5)]
    [InlineData("-5", -5L)]
    [InlineData("-1e3", -1000.0)]
    [InlineData("inf", double.PositiveInfinity)]
    [InlineData("true", true)]
    [InlineData("False", false)]
    [InlineData("None", null)]
    [InlineData("auto", "auto")]
    [InlineData("two words @x", "two words @x")]
    [InlineData("'7'", "7")]
    [InlineData("", "")]
    public void Plain_text_is_taken_for_what_it_looks_like(string text, object? expected)
    {
        Run("create", Name(), text).Done();
        Peer.Open("a", Name());
        Assert.Equal(expected, Peer.Fetch("a"));
        Peer.Run("close", ("handle", "a"));
    }

    [Theory]
    [InlineData("str", "0042", "0042")]
    [InlineData("float", "3", 3.0)]
    [InlineData("bytes", "ab", new byte[] { 97, 98 })]
    public void A_type_says_what_the_text_is(string type, string text, object expected)
    {
        Run("create", Name(), text, "--type", type).Done();
        Assert.Equal(expected, Value(Name()));
    }

    [Fact]
    public void Init_size_is_the_capacity_of_texts()
    {
        Run("create", Name(), "auto", "--init-size", "200").Done();
        Assert.Equal(17 + 201, (int)Run("list", Name(), "--json").Done().Json.Single()["size"]!);
        Run("assign", Name(), new string('x', 200)).Done();
        Run("assign", Name(), new string('x', 201)).Failed(1, "expected", "200 bytes");
        Assert.Equal(new string('x', 200), Value(Name()));
    }

    [Fact]
    public void Json_output_says_what_was_made()
    {
        JsonNode line = Run("create", Name(), "0.5", "--json").Done().Json.Single();
        Assert.Equal(Name(), (string)line["name"]!);
        Assert.Equal(17, (int)line["size"]!);
        Assert.NotEqual("0", (string)line["mtime"]!);
    }

    [Fact]
    public void An_object_that_exists_is_not_made_again()
    {
        Make("x", 1.5);
        Run("create", Name(), "2.5").Failed(1, "exists", "assign");
        Assert.Equal(1.5, Value(Name()));
    }

    [Theory]
    [InlineData("{\"type\":\"float\",", "no JSON")]
    [InlineData("", "has 0 values")]
    [InlineData("{\"type\":\"flout\",\"value\":1}", "types")]
    [InlineData("{\"type\":\"float\",\"value\":{\"hex\":\"0x1.zp+0\"}}", "hexadecimal")]
    [InlineData("{\"type\":\"int\",\"value\":\"9223372036854775808\"}", "64 bits")]
    [InlineData("{\"type\":\"int\",\"value\":9223372036854775808}", "64 bits")]
    [InlineData("{\"type\":\"int\",\"value\":1.5}", "64 bits")]
    [InlineData("{\"type\":\"int\",\"value\":true}", "decimal text")]
    [InlineData("{\"type\":\"ndarray\",\"dtype\":\"float64\",\"shape\":[3],\"raw_base64\":\"AAAA\"}", "24 bytes")]
    [InlineData("{\"type\":\"ndarray\",\"dtype\":\"float65\",\"shape\":[3],\"raw_base64\":\"AAAA\"}", "float65")]
    [InlineData("{\"type\":\"ndarray\",\"dtype\":\"int8\",\"shape\":[2000000000,2000000000],\"raw_base64\":\"AAAA\"}", "larger")]
    [InlineData("{\"type\":\"str\",\"utf8_base64\":\"/w==\"}", "UTF-8")]
    [InlineData("{\"type\":\"str\",\"utf8_base64\":\"%\"}", "base64")]
    [InlineData("{\"type\":\"dict\",\"items\":[[{\"type\":\"none\"}]]}", "[key, value]")]
    [InlineData("{\"type\":\"dict\",\"items\":[[{\"type\":\"dict\",\"items\":[]},{\"type\":\"none\"}]]}", "key can't be")]
    [InlineData("[1,2]", "JSON with types")]
    public void Bad_json_is_told_and_nothing_is_made(string json, string word)
    {
        RunningTool.RunWith(json, "create", Name(), "--json", "-").Failed(2, word);
        Assert.False(SharedObject.Exists(Name()));
    }

    [Fact]
    public void Numbers_may_be_as_people_write_them()
    {
        RunningTool.RunWith("""{"type":"list","elements":[{"type":"int","value":-5},{"type":"float","value":1.5e3}]}""", "create", Name(), "--json", "-").Done();
        Assert.Equal(SharedList.From([-5L, 1500.0]), Value(Name()));
    }

    [Fact]
    public void A_file_that_is_not_there_is_told() =>
        Run("create", Name(), "--json", "/nonexistent/file").Failed(2, "/nonexistent/file");

    [Fact]
    public void Names_come_from_the_json_where_none_is_given()
    {
        string one = Make("one", 1L), two = Make("two", "x");
        string saved = Run("echo", one, two, "--json").Done().Output;
        Run("rm", one, two).Done();

        RunningTool.RunWith(saved, "create", "--json", "-").Done();

        Assert.Equal(1L, Value(one));
        Assert.Equal("x", Value(two));
        RunningTool.RunWith(saved, "create", Name("both"), "--json", "-").Failed(2, "takes one");
    }

    [Fact]
    public void A_long_json_file_over_many_lines_is_one_value()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Run("echo", Make("x", 2.5), "--json").Done().Json.Single()["value"]!.ToJsonString(new() { WriteIndented = true }));
            Run("create", Name("y"), "--json", file).Done();
            Assert.Equal(2.5, Value(Name("y")));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Assign_reads_text_as_the_object_wants_it()
    {
        AssertAssigned(1.5, "3", 3.0);
        AssertAssigned("a", "3", "3");
        AssertAssigned(true, "false", false);
        AssertAssigned(new byte[] { 1 }, "ab", new byte[] { 97, 98 });
        AssertAssigned(new Complex(1, 1), "[2, -3]", new Complex(2, -3));
        AssertAssigned(new Pose(1, 2, 3, 1, 0, 0, 0), "[0, 0, 1, 0.5, 0.5, 0.5, 0.5]", new Pose(0, 0, 1, 0.5f, 0.5f, 0.5f, 0.5f));
        AssertAssigned(NDArray.Create<float>([0, 0, 0, 0], 2, 2), "[[1, 2], [3.5, \"nan\"]]", NDArray.Create<float>([1, 2, 3.5f, BitConverter.UInt32BitsToSingle(0x7FC00000)], 2, 2));
        AssertAssigned(NDArray.Create<bool>([false, false], 2), "[true, false]", NDArray.Create<bool>([true, false], 2));
        AssertAssigned(
            new SharedDict { { "id", 1L }, { "in", new SharedDict { { "speed", 1.0 } } } },
            """{"in": {"speed": 2}, "id": 7}""",
            new SharedDict { { "id", 7L }, { "in", new SharedDict { { "speed", 2.0 } } } });
    }

    [Fact]
    public void Json_with_types_may_have_an_int_where_the_object_has_a_float()
    {
        string name = Make("x", new SharedDict { { "speed", 1.0 } });
        RunningTool.RunWith(
            """{"type":"dict","items":[[{"type":"str","utf8_base64":"c3BlZWQ="},{"type":"int","value":"3"}]]}""", "assign", name, "--json", "-").Done();
        Assert.Equal(new SharedDict { { "speed", 3.0 } }, Value(name));
    }

    [Theory]
    [InlineData("[1, 2]", "dimension 0 has 3")]
    [InlineData("[1, 2, 300]", "300 does not fit an element of type uint8")]
    [InlineData("[1, 2, 0.5]", "0.5 does not fit")]
    [InlineData("[1, 2, [3]]", "found [3]")]
    [InlineData("7", "found 7")]
    public void A_value_that_does_not_fit_is_told_and_changes_nothing(string text, string word)
    {
        string name = Make("x", NDArray.Create<byte>([7, 8, 9], 3));
        byte[] before = Segments.Read(name);
        Run("assign", name, text).Failed(1, name, word, "nothing was written");
        Assert.Equal(before, Segments.Read(name));
    }

    [Theory]
    [InlineData("{\"id\": 1}", "'mode' is missing")]
    [InlineData("{\"id\": 1, \"mode\": \"a\", \"more\": 2}", "no key 'more'")]
    [InlineData("{\"id\": 1.5, \"mode\": \"a\"}", "id: expected int, found 1.5")]
    [InlineData("{\"id\": 1, \"mode\": 2}", "mode: expected str")]
    public void A_dict_that_does_not_fit_is_told(string text, string word) =>
        Run("assign", Make("x", new SharedDict { { "id", 1L }, { "mode", "a" } }), text).Failed(1, word);

    [Fact]
    public void Assign_and_trigger_need_an_object_and_leave_pythons_as_long_as_it_was()
    {
        Run("assign", Name("missing"), "1").Failed(1, "no shared object");
        Run("trigger", Name("missing")).Failed(1, "no shared object");
        Assert.False(SharedObject.Exists(Name("missing")));

        string plain = MakePlain("plain", 1.5);
        Run("assign", plain, "2.5").Done();
        Run("trigger", plain).Done();
        Assert.Equal(17, new FileInfo(Segments.Path(plain)).Length);
        Assert.Equal(2.5, Value(plain));
    }

    [Fact]
    public void Trigger_is_seen_by_python_once()
    {
        Peer.Open("a", Name());
        Assert.False(Peer.Triggered("a"));
        string stamp = (string)Run("trigger", Name(), "--json").Done().Json.Single()["mtime"]!;
        Assert.True(Peer.Triggered("a"));
        Assert.False(Peer.Triggered("a"));
        Assert.Equal(stamp, (string)Peer.Run("mtime", ("handle", "a"))!["word"]!);
        Peer.Run("close", ("handle", "a"));
    }

    [Theory]
    [InlineData("frob")]
    [InlineData("list", "--nope-nope")]
    [InlineData("echo")]
    [InlineData("create")]
    [InlineData("create", "x", "1", "--init-size", "many")]
    [InlineData("hz", "x", "--duration", "-1")]
    [InlineData("top")]
    [InlineData("echo", "a/b")]
    [InlineData("completion", "tcsh")]
    public void What_is_not_understood_is_one_line_and_code_2(params string[] arguments)
    {
        // "list --nope-nope" is a name that no object has.
        Run(arguments).Failed(arguments[0] == "list" ? 1 : 2);
    }

    private void AssertAssigned(object first, string text, object expected)
    {
        string name = Make("each", first);
        Run("assign", name, text).Done();
        Assert.True(JsonForm.SameBits(expected, Value(name)), text);
        Run("rm", name).Done();
    }
}
