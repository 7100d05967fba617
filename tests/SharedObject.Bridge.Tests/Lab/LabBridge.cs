using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace SharedObjects.Bridging.Tests.Lab;

/// <summary><c>sharedobj bridge</c> on a host of the lab.</summary>
internal sealed class LabBridge
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20); // a guard, as in LabProcess

    // 4 MiB, in hexadecimal. By itself it is as large as the processor's cache, and what fills it before the first collection looks like a leak.
    private const string SmallYoungGeneration = "DOTNET_GCgen0size=400000";

    private readonly LabProcess _process;
    private readonly Task _reading;
    private volatile JsonNode? _status;

    /// <summary>Starts it.</summary>
    /// <param name="host">Where.</param>
    /// <param name="broker">The broker as that host sees it.</param>
    /// <param name="arguments">More of its command line.</param>
    internal LabBridge(LabHost host, string broker, params string[] arguments)
    {
        _process = host.Start(["env", SmallYoungGeneration, .. Programs.Tool(["bridge", "--broker", broker, "--host", host.Name, "--json", "--interval", "0.1", .. arguments])]);
        _reading = ReadAsync();
    }

    /// <summary>What it has said on standard error.</summary>
    internal string Log => _process.Errors;

    internal long MemoryInUse => _process.MemoryInUse;

    internal int Threads => Directory.GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/task")).Length;

    /// <summary>The latest line of its status, or null before the first.</summary>
    internal JsonNode? Status => _status;

    internal static string Address(string host, int port = LabBroker.Port) => string.Create(CultureInfo.InvariantCulture, $"mqtt://{host}:{port}");

    /// <summary>An object as the latest status has it, or null if it does not.</summary>
    internal JsonNode? this[string name] => _status?["objects"]!.AsArray().FirstOrDefault(item => (string)item!["name"]! == name);

    /// <summary>Waits for its status to be as it should.</summary>
    internal LabBridge Until(Func<LabBridge, bool> condition, string what = "")
    {
        long began = Stopwatch.GetTimestamp();
        while (_status is null || !condition(this))
        {
            Assert.False(_process.HasEnded, $"{_process} has ended");
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"it does not come to be as it should: {what} {this}");
            Thread.Sleep(5);
        }

        return this;
    }

    /// <summary>Waits until it is connected.</summary>
    internal LabBridge UntilConnected() => Until(static bridge => (string)bridge._status!["connection"]! == "connected");

    /// <summary>Ends it as systemd would.</summary>
    internal void Stop()
    {
        _process.Signal("TERM");
        int code = _process.End();
        Assert.True(code == 0, $"exit code {code} of {_process}");
        _reading.Wait();
    }

    /// <summary>Kills it: it can say nothing any more.</summary>
    internal void Kill()
    {
        _process.Signal("KILL");
        _process.End();
    }

    /// <summary>What a test that fails shows of it.</summary>
    public override string ToString()
    {
        if (_status is not { } status)
        {
            return $"{_process}";
        }

        const int Shown = 20;
        JsonArray objects = status["objects"]!.AsArray();
        IEnumerable<string> lines = objects.OrderBy(static item => (long)item!["values"]!).Take(Shown).Select(static item => item!.ToJsonString());
        JsonNode rest = status.DeepClone();
        rest["objects"] = objects.Count;
        return $"{_process}\n{rest.ToJsonString()}\n{string.Join('\n', lines)}\n";
    }

    private async Task ReadAsync()
    {
        while (await _process.Output.ReadLineAsync() is { } line)
        {
            _status = JsonNode.Parse(line);
        }
    }
}
