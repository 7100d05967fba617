using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using SharedObjects.Hunt;

namespace SharedObjects.Soak;

/// <summary>Plain Python processes, forked by one that has everything imported (producers.py).</summary>
internal sealed class PythonProducers : IProducers
{
    private readonly Process _process;
    private readonly Lock _gate = new();

    internal PythonProducers()
    {
        var start = new ProcessStartInfo(PythonExecutable.Path, ["-u", Path.Combine(AppContext.BaseDirectory, "producers.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["PYTHONDONTWRITEBYTECODE"] = "1" },
        };
        _process = Process.Start(start)!;
        Hear();
    }

    public Action Start(string name, ulong number, TimeSpan period)
    {
        string process = Ask(string.Create(CultureInfo.InvariantCulture, $"start {name} {number} {period.TotalSeconds}"));
        return () => Ask($"kill {process}");
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Ask(string line)
    {
        lock (_gate)
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
            return Hear();
        }
    }

    private string Hear() => _process.StandardOutput.ReadLine() ?? throw new IOException("the Python producers' process has ended");
}
