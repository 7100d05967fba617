using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Mono.Unix.Native;

namespace SharedObjects.Hunt;

/// <summary>A process of the hunt, as its parent sees it.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _listener;
    private readonly Task<Schedule> _schedule;
    private string? _last;
    private string? _lastButOne;
    private bool _killed;

    internal Child(string role, Assignment assignment, Task<Schedule> schedule)
    {
        Role = role;
        Number = assignment.Number;
        _schedule = schedule;
        bool isPython = role.StartsWith("python", StringComparison.Ordinal);
        string json = JsonSerializer.Serialize(assignment, Program.Json);
        IEnumerable<string> arguments = isPython
            ? ["-u", Path.Combine(AppContext.BaseDirectory, "hunt.py"), role, json]
            : [Path.Combine(AppContext.BaseDirectory, "SharedObject.Hunt.dll"), Program.ChildCommand, role, json];
        var start = new ProcessStartInfo(isPython ? PythonExecutable.Path : Environment.ProcessPath!, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        // A dozen processes on a few cores: code compiled twice in the background would only take time from the hunt.
        start.Environment["DOTNET_TieredPGO"] = "0";
        if (!isPython && !Path.GetFileNameWithoutExtension(Environment.ProcessPath!).Equals("dotnet", StringComparison.Ordinal))
        {
            start.ArgumentList.RemoveAt(0); // started as a program of its own, and not by `dotnet`
        }

        _process = Process.Start(start)!;
        _listener = new Thread(Listen) { IsBackground = true };
        _listener.Start();
    }

    internal string Role { get; }

    internal int Number { get; }

    /// <summary>Ends when the child has opened everything; fails if it died before.</summary>
    internal Task Ready => _ready.Task;

    /// <summary>What the child has reported: of one that was killed, what it had done a moment before.</summary>
    internal Report? Report => Parse(_last) ?? Parse(_lastButOne);

    internal void Signal(Signum signal) => _ = Syscall.kill(_process.Id, signal);

    /// <summary>SIGKILL.</summary>
    internal void Kill()
    {
        _killed = true;
        Signal(Signum.SIGKILL);
        _process.WaitForExit();
        _listener.Join(); // its pipe has ended
    }

    /// <summary>Waits for the end; what is wrong with it, or null.</summary>
    internal string? End(TimeSpan limit)
    {
        if (!_process.WaitForExit(limit))
        {
            return $"{Role} {Number} did not end in time";
        }

        _listener.Join(limit);
        return _killed ? null
            : _process.ExitCode != 0 ? $"{Role} {Number} ended with exit code {_process.ExitCode}"
            : Report is null ? $"{Role} {Number} reported nothing"
            : null;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close(); // a Python writer stops when it is between two writes
            if (!_process.WaitForExit(TimeSpan.FromSeconds(2)))
            {
                Kill();
            }
        }

        _process.Dispose();
    }

    // A child that was killed may have got no further than half a line.
    private static Report? Parse(string? line)
    {
        try
        {
            return line is null ? null : JsonSerializer.Deserialize<Report>(line, Program.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Listen()
    {
        try
        {
            if (_process.StandardOutput.ReadLine() != Program.ReadyLine)
            {
                throw new IOException($"{Role} {Number} died before it was ready");
            }

            _ready.SetResult();
            Schedule schedule = _schedule.GetAwaiter().GetResult();
            _process.StandardInput.WriteLine($"{schedule.Origin} {schedule.End}");
            _process.StandardInput.Flush();
            while (_process.StandardOutput.ReadLine() is { } line)
            {
                _lastButOne = _last;
                _last = line;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            _ready.TrySetException(e);
            _ = _ready.Task.Exception; // observed: who did not wait for it sees that there is no report
        }
    }
}
