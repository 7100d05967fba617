using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace SharedObjects.Tests.Support;

/// <summary>A Python process that does what it is told with shared objects (tests/peer/peer.py, which lists the commands).</summary>
internal sealed class PythonPeer : IDisposable
{
    private readonly Process _process;
    private int _id;

    /// <summary>Starts it.</summary>
    /// <param name="entrance">Words in front of the interpreter: what enters a namespace.</param>
    internal PythonPeer(params string[] entrance)
    {
        string[] words = [.. entrance, Python.Executable, "-u", Path.Combine(Python.Root, "tests", "peer", "peer.py")];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("no Python");
    }

    internal int Id => _process.Id;

    /// <summary>Runs a command.</summary>
    /// <returns>Its result.</returns>
    /// <exception cref="PythonException">It raised.</exception>
    internal JsonNode? Run(string op, params (string Key, JsonNode? Value)[] arguments)
    {
        var command = new JsonObject { ["id"] = ++_id, ["op"] = op };
        foreach ((string key, JsonNode? value) in arguments)
        {
            command[key] = value;
        }

        _process.StandardInput.WriteLine(command.ToJsonString());
        _process.StandardInput.Flush();
        string line = _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"The Python peer ended in the middle of {command.ToJsonString()}");
        JsonNode answer = JsonNode.Parse(line)!;
        Assert.Equal(_id, (int)answer["id"]!);
        return (bool)answer["ok"]! ? answer["result"] : throw new PythonException(
            (string)answer["raises"]!, [.. answer["bases"]!.AsArray().Select(name => (string)name!)], (string)answer["message"]!);
    }

    internal void Open(string handle, string name, object? data = null, int? initSize = null)
    {
        List<(string, JsonNode?)> arguments = [("handle", handle), ("name", name)];
        if (data is not null)
        {
            arguments.Add(("data", JsonForm.Write(data)));
        }

        if (initSize is not null)
        {
            arguments.Add(("init_size", initSize));
        }

        Run("open", [.. arguments]);
    }

    internal void Assign(string handle, object? value) => Run("assign", ("handle", handle), ("data", JsonForm.Write(value)));

    internal object? Fetch(string handle) => JsonForm.Read(Run("fetch", ("handle", handle))!);

    internal bool Modified(string handle) => (bool)Run("modified", ("handle", handle))!;

    internal bool Triggered(string handle) => (bool)Run("triggered", ("handle", handle))!;

    internal void Trigger(string handle) => Run("trigger", ("handle", handle));

    /// <summary>Whether a lock on the object would be granted at once to a process that opens it now.</summary>
    internal bool CanLock(string name, string mode = "ex") => (bool)Run("try_lock", ("name", name), ("mode", mode))!;

    internal void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
        _process.Dispose();
    }
}
