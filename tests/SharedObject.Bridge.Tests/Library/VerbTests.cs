using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using SharedObjects.Bridging.Tests.Support;

namespace SharedObjects.Bridging.Tests.Library;

/// <summary>The verb <c>sharedobj bridge</c>, as a process.</summary>
public sealed class VerbTests : BridgeTest
{
    [Theory]
    [InlineData("Broker", "--publish", "x")]
    [InlineData("a user or a password", "--broker", "mqtt://me:s3cret@h", "--publish", "x")]
    [InlineData("Publish", "--broker", "mqtt://h")]
    [InlineData("no address", "--broker", "s3cret@h", "--publish", "x")]
    [InlineData("PATTERN=HZ", "--broker", "mqtt://h", "--publish", "x", "--rate", "10")]
    [InlineData("'fast'", "--broker", "mqtt://h", "--publish", "x", "--rate", "x=fast")]
    [InlineData("'5X'", "--broker", "mqtt://h", "--publish", "x", "--max-size", "x=5X")]
    [InlineData("MaxSize", "--broker", "mqtt://h", "--publish", "x", "--max-size", "1")]
    [InlineData("'--password'", "--broker", "mqtt://h", "--publish", "x", "--user", "me", "--password", "s3cret")]
    [InlineData("PasswordFile", "--broker", "mqtt://h", "--publish", "x", "--user", "me", "--password-file", "/none")]
    public void What_is_wrong_is_said_in_a_line_and_without_secrets(string words, params string[] arguments)
    {
        (int code, string output, string errors) = Run(null, arguments);

        Assert.Equal((2, ""), (code, output));
        string line = Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(words, line, StringComparison.Ordinal);
        Assert.DoesNotContain("mqtt://me:s3cret", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_json_has_the_status()
    {
        using SharedObject<long> number = SharedObject.Publish(Name(), 1L);
        JsonNode last = FirstStatus(
            status => (string?)status["connection"] == "connected" && status["objects"]!.AsArray() is [{ } item] && (int)item["values"]! > 0,
            null, "--broker", Broker.Address.ToString(), "--publish", Name(), "--host", "robot", "--prefix", "test");

        Assert.Equal("robot", (string?)last["host"]);
        JsonNode item = Assert.Single(last["objects"]!.AsArray())!;
        Assert.Equal((Name(), "publish", 17, 17 * (int)item["values"]!), ((string?)item["name"], (string?)item["direction"], (int)item["size"]!, (int)item["bytes"]!));
        Assert.Equal(
            ["name", "direction", "size", "hz", "bytes_per_second", "values", "bytes", "superseded", "refused", "age", "latency", "origin", "problem"],
            item.AsObject().Select(member => member.Key));
    }

    [Fact]
    public void A_file_and_the_environment_give_options_too()
    {
        using var broker = new Mosquitto("allow_anonymous false\npassword_file {folder}/users", folder =>
        {
            File.WriteAllText(Path.Combine(folder, "users"), "");
            using Process process = Process.Start("mosquitto_passwd", ["-b", Path.Combine(folder, "users"), "cell7", "s3cret"]);
            process.WaitForExit();
        });
        string file = Path.Combine(broker.Folder, "bridge.json");
        File.WriteAllText(file, $$"""{ "broker": "{{broker.Address}}", "user": "cell7", "subscribe": ["so-test-none"] }""");

        FirstStatus(status => (string?)status["connection"] == "connected", "s3cret", "--config", file, "--publish", Name());
    }

    [Fact]
    public void It_says_goodbye_when_it_is_stopped()
    {
        using var client = new TestClient(Broker.Address);
        string origin = (string)FirstStatus(
            status => (string?)status["connection"] == "connected", null, "--broker", Broker.Address.ToString(), "--publish", Name(), "--prefix", "test")["origin"]!;

        Until(() => client.Last($"test/v1/bridge/{origin}") is { Payload.IsEmpty: true });
    }

    /// <summary>The first status that is so; the tool is stopped then.</summary>
    private static JsonNode FirstStatus(Func<JsonNode, bool> condition, string? password, params string[] arguments)
    {
        using Process process = Process.Start(StartOf(password, [.. arguments, "--json", "--interval", "0.1"]))!;
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        JsonNode status;
        do
        {
            status = JsonNode.Parse(process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"It ended: {errors.Result}"))!;
        }
        while (!condition(status));
        using (Process kill = Process.Start("kill", [process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            kill.WaitForExit();
        }

        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return status;
    }

    private static (int Code, string Output, string Errors) Run(string? password, params string[] arguments)
    {
        using Process process = Process.Start(StartOf(password, arguments))!;
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    private static ProcessStartInfo StartOf(string? password, string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "sharedobj"), ["bridge", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SHAREDOBJ_MQTT_PASSWORD"] = password;
        return start;
    }
}
