using System;
using System.Diagnostics;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Faults;

/// <summary>A Python process of a few lines, which says things line by line and ends, at the latest, when its input does.</summary>
internal sealed class Script : IDisposable
{
    private readonly Process _process;

    internal Script(string code, params string[] arguments)
    {
        var start = new ProcessStartInfo(Python.Executable, ["-u", "-c", code, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["PYTHONPATH"] = System.IO.Path.Combine(Python.Root, "python", "src");
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        _process = Process.Start(start)!;
    }

    internal int Id => _process.Id;

    /// <summary>What it says next.</summary>
    internal string Hear() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the script has ended");

    internal void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    internal void Signal(Mono.Unix.Native.Signum signal) => Assert.Equal(0, Mono.Unix.Native.Syscall.kill(Id, signal));

    /// <summary>Waits until it has ended by itself.</summary>
    internal void WaitForExit() => _process.WaitForExit();

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
