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
        (int code, string output, string errors) = Run(
            null, "--broker", Broker.Address.ToString(), "--publish", Name(), "--host", "robot", "--prefix", "test", "--json", "--interval", "0.2", "--duration", "2.5");

        Assert.Equal(0, code);
        JsonNode last = JsonNode.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])!;
        Assert.Equal(("connected", "robot"), ((string?)last["connection"], (string?)last["host"]));
        JsonNode item = Assert.Single(last["objects"]!.AsArray())!;
        Assert.Equal((Name(), "publish", 17, 1, 17), ((string?)item["name"], (string?)item["direction"], (int)item["size"]!, (int)item["values"]!, (int)item["bytes"]!));
        Assert.Equal(
            ["name", "direction", "size", "hz", "bytes_per_second", "values", "bytes", "superseded", "refused", "age", "latency", "origin", "problem"],
            item.AsObject().Select(member => member.Key));
        Assert.Contains($"Publishing the shared object '{Name()}'", errors, StringComparison.Ordinal);
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

        (int code, string output, _) = Run("s3cret", "--config", file, "--publish", Name(), "--json", "--interval", "0.2", "--duration", "2.5");

        Assert.Equal(0, code);
        Assert.Equal("connected", (string?)JsonNode.Parse(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])!["connection"]);
    }

    private static (int Code, string Output, string Errors) Run(string? password, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "sharedobj"), ["bridge", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SHAREDOBJ_MQTT_PASSWORD"] = password;
        using Process process = Process.Start(start)!;
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
