using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using Mono.Unix.Native;
using SharedObjects.Hunt;

namespace SharedObjects.Stress;

/// <summary>Another process, of this program or of stress.py. It says "ready", does its work until its input ends, and reports then.</summary>
internal sealed class Peer : IDisposable
{
    internal const string ReadyLine = "ready";

    // Nobody is slower than this to start, or to end, on a loaded machine.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    private readonly Process _process;

    private Peer(string label, string file, IEnumerable<string> arguments)
    {
        Label = label;
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["DOTNET_TieredPGO"] = "0"; // many processes on few cores: code is not to be compiled twice
        start.Environment["SHAREDOBJECT_PYTHON"] = PythonExecutable.Path;
        _process = Process.Start(start)!;
    }

    internal string Label { get; }

    internal int Id => _process.Id;

    internal bool HasEnded => _process.HasExited;

    /// <summary>The command line of this program.</summary>
    internal static (string File, string[] Arguments) Self
    {
        get
        {
            string assembly = Path.Combine(AppContext.BaseDirectory, "SharedObject.Stress.dll");
            bool byDotnet = Path.GetFileNameWithoutExtension(Environment.ProcessPath!).Equals("dotnet", StringComparison.Ordinal);
            return (Environment.ProcessPath!, byDotnet ? [assembly] : []);
        }
    }

    internal static Peer OfThis(string role, params string[] arguments) => new(role, Self.File, [.. Self.Arguments, "child", role, .. arguments]);

    internal static Peer OfPython(string role, params string[] arguments) =>
        new("python-" + role, PythonExecutable.Path, ["-u", Path.Combine(AppContext.BaseDirectory, "stress.py"), role, .. arguments]);

    /// <summary>Waits until it is ready.</summary>
    internal Peer Ready()
    {
        string? line = _process.StandardOutput.ReadLine();
        return line == ReadyLine ? this : throw new IOException($"{Label} said '{line}' instead of being ready");
    }

    /// <summary>Sends a line, and waits for the one that answers it.</summary>
    internal string Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() ?? throw new IOException($"{Label} ended instead of answering '{line}'");
    }

    internal void Signal(Signum signal) => _ = Syscall.kill(_process.Id, signal);

    /// <summary>Lets it end by itself.</summary>
    /// <returns>What it reported; a problem if it did not end well.</returns>
    internal Report End()
    {
        _process.StandardInput.Close();
        string? last = null;
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            last = line;
        }

        var report = new Report();
        if (!_process.WaitForExit(s_limit) || _process.ExitCode != 0)
        {
            report.Problem($"{Label} ended with {(_process.HasExited ? $"exit code {_process.ExitCode}" : "nothing")}");
        }
        else if (last is null)
        {
            report.Problem($"{Label} reported nothing");
        }
        else
        {
            report.Add(JsonSerializer.Deserialize<Report>(last, Report.Json)!);
        }

        return report;
    }

    /// <summary>SIGKILL, unless it has ended by itself, which nobody should.</summary>
    /// <returns>Whether it was this that ended it.</returns>
    internal bool Kill()
    {
        const int KilledExitCode = 128 + 9;
        Signal(Signum.SIGKILL);
        _process.WaitForExit();
        return _process.ExitCode == KilledExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
