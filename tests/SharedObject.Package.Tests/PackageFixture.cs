using System;
using System.IO;
using SharedObjects.Package.Tests.Support;
using SharedObjects.Tests.Support;

namespace SharedObjects.Package.Tests;

/// <summary>Packs the runtime once, as it was built.</summary>
public sealed class PackageFixture : IDisposable
{
    /// <summary>A version that no source of packages has, so that only this one can be restored.</summary>
    internal const string Version = "9999.0.0-test";

    private readonly Scratch _scratch = new();

    public PackageFixture()
    {
        try
        {
            PackOutput = Tool.DotNet(
                Python.Root, "pack", "src/SharedObject.Runtime", "-c", BuildInfo.Configuration, "--no-build", "-o", _scratch.Path, $"-p:PackageVersion={Version}");
        }
        catch
        {
            // Nobody disposes of a fixture that was not made.
            _scratch.Dispose();
            throw;
        }
    }

    /// <summary>The folder with the package.</summary>
    internal string Folder => _scratch.Path;

    /// <summary>What packing printed.</summary>
    internal string PackOutput { get; }

    internal FileStream Open(string extension) => File.OpenRead(_scratch[$"SharedObject.Runtime.{Version}.{extension}"]);

    public void Dispose() => _scratch.Dispose();
}
