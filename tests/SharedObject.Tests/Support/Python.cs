using System;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace SharedObjects.Tests.Support;

/// <summary>The Python that tests run: the one that the test script names, or the first found that has numpy.</summary>
internal static class Python
{
    private static readonly Lazy<string> s_executable = new(Find);

    internal static string Executable => s_executable.Value;

    /// <summary>The root of the repository.</summary>
    internal static string Root { get; } = FindRoot();

    private static string Find()
    {
        string?[] candidates = [Environment.GetEnvironmentVariable("SHAREDOBJECT_PYTHON"), "python3", "/usr/bin/python3"];
        return candidates.FirstOrDefault(candidate => !string.IsNullOrEmpty(candidate) && HasNumpy(candidate))
            ?? throw new InvalidOperationException("The tests need a python3 with numpy: run ./build.sh test, or install python3-numpy.");
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
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "SharedObject.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("The tests run from within the repository.");
    }
}
