using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using SharedObjects.Bridging.Tests.Support;

namespace SharedObjects.Bridging.Tests.Library;

/// <summary>A receiving host whose shared memory is full: a small tmpfs at /dev/shm, in a mount namespace of its own.</summary>
/// <remarks>By unshare(1): where that may not be done (a container without CAP_SYS_ADMIN, or without user namespaces), this fails and unshare says why.</remarks>
public sealed class FullMemoryTests : BridgeTest
{
    private readonly string _folder = Directory.CreateTempSubdirectory("so-test-full-").FullName;

    [Fact]
    public void The_newest_value_is_written_when_there_is_room_again_and_others_are_not_held_up()
    {
        const string Script =
            """
            mount -t tmpfs -o size=256k tmpfs /dev/shm || exit 1
            "$1" create there 0
            head -c 1000000 /dev/zero > /dev/shm/filler 2>/dev/null
            ( while [ ! -e "$2/go" ]; do sleep 0.05; done
              rm /dev/shm/filler
              while ! "$1" echo large --field '[99999]' 2>/dev/null | grep -qx 9; do sleep 0.05; done
              echo '{"done":true}' ) &
            exec "$1" bridge --broker "$3" --prefix test --subscribe large there --json --interval 0.1
            """;
        string[] unshare = Environment.UserName == "root" ? ["--mount"] : ["--mount", "--user", "--map-root-user"];
        string tool = Path.Combine(AppContext.BaseDirectory, "sharedobj");
        var start = new ProcessStartInfo("unshare", [.. unshare, "sh", "-c", Script, "sh", tool, _folder, Broker.Address.ToString()]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        try
        {
            using var client = new TestClient(Broker.Address);
            Next(process, status => (string?)status["connection"] == "connected");
            Send(client, 1, 7);
            Next(process, status => Problem(status, "large")?.Contains("Shared memory is full", StringComparison.Ordinal) == true);

            // What needs no more room is not held up by it.
            new ObjectMessage(ObjectMessage.BytesOf(Name("scratch"), 5L)).Send(client, "test/v1/swift/there");
            Next(process, status => Item(status, "there") is { } there && (long)there["values"]! == 1 && there["problem"] is null);
            Send(client, 2, 8);
            Send(client, 3, 9);
            File.WriteAllText(Path.Combine(_folder, "go"), "");

            bool isDone = false, isFine = false;
            Next(process, status => (isDone |= status["done"] is not null) & (isFine |= Item(status, "large") is { } large && large["problem"] is null));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private void Send(TestClient client, ulong sequence, byte value)
    {
        byte[] elements = new byte[100_000];
        elements.AsSpan().Fill(value);
        using SharedArray<byte> array = SharedArray<byte>.OpenOrCreate(Name("array"), [elements.Length]);
        array.Assign(elements);
        new ObjectMessage(ObjectMessage.BytesOf(Name("array"))) { Sequence = sequence, Mtime = sequence }.Send(client, "test/v1/bulk/large");
    }

    private static JsonNode? Item(JsonNode status, string name) => status["objects"]?.AsArray().FirstOrDefault(item => (string?)item!["name"] == name);

    private static string? Problem(JsonNode status, string name) => (string?)Item(status, name)?["problem"];

    private static void Next(Process process, Func<JsonNode, bool> condition)
    {
        while (!condition(JsonNode.Parse(process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("It ended."))!))
        {
        }
    }
}
