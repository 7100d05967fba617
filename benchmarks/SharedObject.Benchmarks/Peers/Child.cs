using System;
using System.Diagnostics;

namespace SharedObjects.Benchmarks.Peers;

/// <summary>Another process, which ends when its input does: also if this one is killed.</summary>
internal sealed class Child : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    private Child(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        _process = Process.Start(start)!;
    }

    /// <summary>Starts this program once more, in a role of <see cref="Roles"/>.</summary>
    internal static Child OfThisProgram(params string[] arguments) =>
        new(new ProcessStartInfo(Environment.ProcessPath!, ["child", .. arguments]));

    /// <summary>Starts another program.</summary>
    internal static Child OfProgram(string program, params string[] arguments) => new(new ProcessStartInfo(program, arguments));

    /// <summary>Starts a Python script.</summary>
    internal static Child OfPython(string python, string script, string packages, params string[] arguments) =>
        new(new ProcessStartInfo(python, [script, .. arguments])
        {
            Environment = { ["PYTHONPATH"] = packages, ["PYTHONDONTWRITEBYTECODE"] = "1" },
        });

    /// <summary>Sends a line, and waits for the one that answers it; null if the process has ended instead.</summary>
    internal string? Ask(string line)
    {
        Tell(line);
        return Hear();
    }

    internal void Tell(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Waits for a line; null if the process has ended instead.</summary>
    internal string? Hear() => _process.StandardOutput.ReadLine();

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(Patience))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
