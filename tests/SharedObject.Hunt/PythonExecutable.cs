using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Linq;

namespace SharedObjects.Hunt;

/// <summary>The Python that tests and their programs run: the one that SHAREDOBJECT_PYTHON names, or the first found that has numpy.</summary>
internal static class PythonExecutable
{
    internal static string Path { get; } = Find();

    private static string Find()
    {
        string?[] candidates = [Environment.GetEnvironmentVariable("SHAREDOBJECT_PYTHON"), "python3", "/usr/bin/python3"];
        return candidates.FirstOrDefault(candidate => !string.IsNullOrEmpty(candidate) && HasNumpy(candidate))
            ?? throw new InvalidOperationException("A python3 with numpy is needed: run ./build.sh setup, install python3-numpy, or name one in SHAREDOBJECT_PYTHON.");
    }

    private static bool HasNumpy(string executable)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(executable, ["-c", "import numpy"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
