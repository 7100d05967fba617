using System;
using System.IO;

namespace SharedObjects.Package.Tests.Support;

/// <summary>A folder outside the repository, as its settings would reach into it otherwise; gone at the end.</summary>
internal sealed class Scratch : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("so-test-").FullName;

    internal string this[string name] => System.IO.Path.Combine(Path, name);

    internal void Write(string name, string text) => File.WriteAllText(this[name], text);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
