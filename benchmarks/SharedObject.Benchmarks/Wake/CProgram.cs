using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace SharedObjects.Benchmarks.Wake;

/// <summary>The C program beside this one (wake.c), compiled for one run.</summary>
internal sealed class CProgram : IDisposable
{
    private static readonly string[] Compilers = ["cc", "gcc", "clang"];

    private readonly string _folder;

    private CProgram(string folder) => _folder = folder;

    internal string Path => System.IO.Path.Combine(_folder, "wake");

    /// <summary>Compiles it; null where there is no C compiler.</summary>
    internal static CProgram? TryCompile()
    {
        var program = new CProgram(Directory.CreateTempSubdirectory("so-bench-").FullName);
        string source = System.IO.Path.Combine(AppContext.BaseDirectory, "wake.c");
        if (Compilers.Any(compiler => TryRun(compiler, "-O2", "-o", program.Path, source)))
        {
            return program;
        }

        program.Dispose();
        return null;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static bool TryRun(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(program, arguments);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
