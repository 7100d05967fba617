using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;

namespace SharedObjects.Tests.Cli.Support;

/// <summary>The tool as a process: the program that the build put beside the tests.</summary>
internal sealed class RunningTool : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    internal RunningTool(params string[] arguments)
    {
        _process = Process.Start(Start(arguments))!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    internal static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "sharedobj");

    internal int Id => _process.Id;

    internal StreamReader Output => _process.StandardOutput;

    internal StreamWriter Input => _process.StandardInput;

    // By env(1), as a job in the background of a script ignores SIGINT, and one of nohup SIGHUP: what they start inherits that.
    internal static ProcessStartInfo Start(params string[] arguments) => new("env", ["--default-signal=INT,HUP", Program, .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    /// <summary>Runs a command to its end.</summary>
    internal static ToolResult Run(params string[] arguments) => RunWith("", arguments);

    /// <summary>Runs a command with something on its standard input.</summary>
    internal static ToolResult RunWith(string input, params string[] arguments)
    {
        using var tool = new RunningTool(arguments);
        try
        {
            tool.Input.Write(input);
            tool.Input.Close();
        }
        catch (IOException)
        {
            // It ended without reading it.
        }

        return tool.End();
    }

    /// <summary>Sends a signal by the name that kill(1) gives it.</summary>
    internal void Signal(string name)
    {
        using Process kill = Process.Start("kill", ["-" + name, Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for the end.</summary>
    internal ToolResult End()
    {
        string output = Output.ReadToEnd();
        _process.WaitForExit();
        return new ToolResult(_process.ExitCode, output, _errors.Result);
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
