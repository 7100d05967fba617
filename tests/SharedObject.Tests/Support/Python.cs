using System;
using System.IO;
using SharedObjects.Hunt;

namespace SharedObjects.Tests.Support;

/// <summary>The Python that tests run, and where they are.</summary>
internal static class Python
{
    internal static string Executable => PythonExecutable.Path;

    /// <summary>The root of the repository.</summary>
    internal static string Root { get; } = FindRoot();

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
