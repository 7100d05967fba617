using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;

namespace SharedObjects.Samples.RobotCell;

/// <summary>The Python side: the launcher of the arm's and the camera's processes, as a child of this one.</summary>
internal sealed class Producer : IProducer
{
    private const int LinesKept = 12;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly Queue<string> _lastLines = new();

    private readonly CellNames _names;

    private Producer(Process process, CellNames names)
    {
        _process = process;
        _names = names;
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>Starts it.</summary>
    /// <param name="python">The interpreter.</param>
    /// <param name="names">The names of the objects that it is to make.</param>
    /// <param name="lifetime">Seconds after which it ends by itself, should all else fail.</param>
    public static Producer Start(string python, CellNames names, double lifetime)
    {
        string here = AppContext.BaseDirectory;
        var start = new ProcessStartInfo(python)
        {
            ArgumentList =
            {
                Path.Combine(here, "producer", "robot_cell.py"),
                "--prefix", names.Prefix,
                "--lifetime", lifetime.ToString(CultureInfo.InvariantCulture),
            },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PYTHONPATH"] = Path.Combine(here, "python");

        var process = new Process { StartInfo = start };
        var producer = new Producer(process, names);

        // What it prints would tear the table apart; it is shown if the producer fails.
        process.OutputDataReceived += (_, line) => producer.Keep(line.Data);
        process.ErrorDataReceived += (_, line) => producer.Keep(line.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            process.Dispose();
            throw new CellException($"can't start '{python}': {error.Message}. Name a Python with numpy in --python or SHAREDOBJECT_PYTHON.");
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return producer;
    }

    /// <inheritdoc/>
    /// <remarks>With the producer's last words.</remarks>
    public void ThrowIfEnded()
    {
        if (!_process.HasExited)
        {
            return;
        }

        // Also waits for the rest of its output.
        _process.WaitForExit();
        string how = _process.ExitCode > 128 ? $"was killed by signal {_process.ExitCode - 128}" : $"ended with code {_process.ExitCode}";
        throw new CellException($"the producer (process {_process.Id}) {how}. {LastWords()}");
    }

    /// <inheritdoc/>
    public void WaitForEnd(TimeSpan timeout)
    {
        if (!_process.WaitForExit(timeout))
        {
            throw new CellException($"the producer did not end within {timeout.TotalSeconds} s of the join trigger. {LastWords()}");
        }

        if (_process.ExitCode != 0)
        {
            ThrowIfEnded();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited && !TryJoin())
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    /// <summary>A robot is asked to end before it is killed: only then it stops in an order of its own.</summary>
    private bool TryJoin()
    {
        try
        {
            using SharedTrigger join = SharedTrigger.Open(_names.Join);
            return join.TryTrigger(Grace) && _process.WaitForExit(Grace);
        }
        catch (SharedObjectException)
        {
            return false;
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > LinesKept)
            {
                _lastLines.Dequeue();
            }
        }
    }

    private string LastWords()
    {
        lock (_lastLines)
        {
            return _lastLines.Count == 0 ? "It said nothing." : $"Its last words:\n  {string.Join("\n  ", _lastLines)}";
        }
    }
}
