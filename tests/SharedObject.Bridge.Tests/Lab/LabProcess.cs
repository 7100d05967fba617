using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace SharedObjects.Bridging.Tests.Lab;

/// <summary>A process, usually one in a host of the lab, with its input and output in the test's hands.</summary>
internal sealed class LabProcess : IDisposable
{
    // Far beyond what any program takes on a loaded machine: this is a guard against a deadlock, not a measurement.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _what;
    private readonly Process _process;
    private readonly Task _errorsRead;
    private readonly StringBuilder _errors = new();
    private bool _isDisposed;

    /// <summary>Starts it.</summary>
    /// <param name="entrance">Words in front of the program: what makes or enters namespaces.</param>
    /// <param name="program">The program and its arguments.</param>
    internal LabProcess(string[] entrance, params string[] program)
    {
        _what = string.Join(' ', program);
        string[] words = [.. entrance, .. program];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                // Its sockets in /tmp would be left behind by processes that are killed.
                ["DOTNET_EnableDiagnostics"] = "0",
                // Nobody lives long enough for it to pay.
                ["DOTNET_TieredPGO"] = "0",
                ["PYTHONDONTWRITEBYTECODE"] = "1",
            },
        };
        _process = Process.Start(start)!;
        _errorsRead = ReadErrorsAsync();
    }

    /// <summary>What it has written to standard error until now.</summary>
    internal string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    internal bool HasEnded => _process.HasExited;

    /// <summary>The program itself, as seen from here: what enters a PID namespace waits for it as its parent.</summary>
    internal int Id
    {
        get
        {
            long began = Stopwatch.GetTimestamp();
            int child;
            while ((child = ChildOf(_process.Id)) == 0)
            {
                Assert.False(_process.HasExited || Stopwatch.GetElapsedTime(began) > Patience, $"{this} has not begun");
                Thread.Sleep(1);
            }

            return child;
        }
    }

    /// <summary>Its memory: anonymous and private, without files and segments.</summary>
    internal long MemoryInUse
    {
        get
        {
            string line = File.ReadLines($"/proc/{Id}/status").Single(static line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
            return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
    }

    internal StreamReader Output => _process.StandardOutput;

    /// <summary>Waits for a line; fails if it ends instead.</summary>
    internal string Hear()
    {
        Task<string?> line = _process.StandardOutput.ReadLineAsync();
        Assert.True(line.Wait(Patience), $"{this} says nothing");
        return line.Result ?? throw new InvalidOperationException($"{this} has ended");
    }

    /// <summary>Waits for this very line.</summary>
    internal LabProcess Hear(string expected)
    {
        string line = Hear();
        Assert.True(line == expected, $"'{line}', and not '{expected}', from {this}");
        return this;
    }

    internal void Tell(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    internal string Ask(string line)
    {
        Tell(line);
        return Hear();
    }

    internal JsonNode AskJson(string line) => JsonNode.Parse(Ask(line))!;

    /// <summary>Sends a signal by the name that kill(1) gives it.</summary>
    internal void Signal(string name)
    {
        using Process kill = Process.Start("kill", ["-" + name, Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    internal int End()
    {
        Assert.True(_process.WaitForExit(Patience), $"{this} does not end");
        _errorsRead.Wait(Patience);
        return _process.ExitCode;
    }

    /// <summary>Runs one to its end, which must be a good one.</summary>
    /// <returns>What it has printed.</returns>
    internal static string Run(string[] entrance, params string[] program)
    {
        using var process = new LabProcess(entrance, program);
        process._process.StandardInput.Close();
        Task<string> output = process.Output.ReadToEndAsync();
        Assert.True(output.Wait(Patience), $"{process} does not end");
        Assert.True(process.End() == 0, $"exit code {process._process.ExitCode} of {process}\n{output.Result}");
        return output.Result;
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            // What it has started in a PID namespace dies with it (Namespaces.Enter).
            _process.Kill();
        }

        _process.WaitForExit();
        _process.Dispose();
    }

    public override string ToString() => $"'{_what}'; it has said: {Errors}";

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_errors)
            {
                _errors.AppendLine(line);
            }
        }
    }

    private static int ChildOf(int parent)
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out int id))
            {
                continue;
            }

            try
            {
                // The name, in parentheses, may have spaces in it; behind it stand the state and the parent.
                string status = File.ReadAllText(Path.Combine(folder, "stat"));
                if (int.Parse(status[(status.LastIndexOf(')') + 1)..].Split(' ')[2], CultureInfo.InvariantCulture) == parent)
                {
                    return id;
                }
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        return 0;
    }
}
