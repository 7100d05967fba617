using System;
using System.Diagnostics;
using System.Linq;

namespace SharedObjects.Benchmarks.Peers;

/// <summary>Finds a Python with numpy, and starts the scripts that lie beside this program.</summary>
internal static class Python
{
    private static readonly string[] Names = [Environment.GetEnvironmentVariable("SHAREDOBJECT_PYTHON") ?? "", "python3", "/usr/bin/python3"];

    /// <summary>Null if there is none: figures that need it are then missing.</summary>
    internal static string? Path { get; } = Names.FirstOrDefault(HasNumpy);

    internal static Child Start(params string[] arguments) => Child.OfPython(
        Path ?? throw new InvalidOperationException("no Python with numpy (name one in SHAREDOBJECT_PYTHON)"),
        Beside("peer.py"),
        Beside("python"),
        arguments);

    private static string Beside(string file) => System.IO.Path.Combine(AppContext.BaseDirectory, file);

    private static bool HasNumpy(string python)
    {
        if (python.Length == 0)
        {
            return false;
        }

        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", "import numpy"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
