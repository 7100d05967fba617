using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Linq;
using System.Text;

namespace SharedObjects.Package.Tests.Support;

/// <summary>Runs programs to their end.</summary>
internal static class Tool
{
    // Far beyond what any of them takes on a loaded machine: a guard against one that hangs, not a measurement.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(4);

    /// <summary>Runs the SDK that runs these tests.</summary>
    internal static string DotNet(string folder, params string[] arguments) =>
        Run(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet", folder, arguments);

    /// <summary>Runs a program.</summary>
    /// <returns>What it printed to standard output.</returns>
    internal static string Run(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The SDK that runs the tests passes its own settings on, with which another build would not be one from a clean shell.
        foreach (string name in start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        // Servers that outlive the build would keep its output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";

        var output = new StringBuilder();
        var errors = new StringBuilder();
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(errors, line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        string command = $"{program} {string.Join(' ', arguments)}";
        if (!process.WaitForExit(s_limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{command}' did not end within {s_limit}.\n{Text(output)}{Text(errors)}");
        }

        // Once more without a limit: only this waits for the last lines.
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"'{command}' ended with {process.ExitCode}.\n{Text(output)}{Text(errors)}");
        return Text(output);
    }

    /// <summary>Whether there is such a program at all.</summary>
    internal static bool Exists(string program)
    {
        try
        {
            Run(program, AppContext.BaseDirectory, "--version");
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static void Append(StringBuilder text, string? line)
    {
        // The end of the output is a null line.
        if (line is not null)
        {
            lock (text)
            {
                text.AppendLine(line);
            }
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
