using System;
using System.IO;
using System.IO.Compression;
using SharedObjects.Package.Tests.Support;
using SharedObjects.Tests.Support;

namespace SharedObjects.Package.Tests;

/// <summary>Packs the libraries once, as they were built.</summary>
public sealed class PackageFixture : IDisposable
{
    /// <summary>A version that no source of packages has, so that only this one can be restored.</summary>
    internal const string Version = "9999.0.0-test";

    internal const string Runtime = "SharedObject.Runtime";
    internal const string Hosting = "SharedObject.Extensions.Hosting";
    internal const string Bridge = "SharedObject.Bridge";

    private readonly Scratch _scratch = new();

    public PackageFixture()
    {
        try
        {
            PackOutput = Pack(Runtime) + Pack(Hosting) + Pack(Bridge);
        }
        catch
        {
            // Nobody disposes of a fixture that was not made.
            _scratch.Dispose();
            throw;
        }
    }

    /// <summary>The folder with the packages.</summary>
    internal string Folder => _scratch.Path;

    /// <summary>What packing printed.</summary>
    internal string PackOutput { get; }

    internal ZipArchive Open(string library, string extension) => new(File.OpenRead(_scratch[$"{library}.{Version}.{extension}"]));

    public void Dispose() => _scratch.Dispose();

    private string Pack(string library) => Tool.DotNet(
        Python.Root, "pack", "src/" + library, "-c", BuildInfo.Configuration, "--no-build", "-o", _scratch.Path, $"-p:PackageVersion={Version}");
}
