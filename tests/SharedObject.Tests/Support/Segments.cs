using System;
using System.IO;

namespace SharedObjects.Tests.Support;

/// <summary>
/// Reads and writes segments as raw files, behind the library's back. Only for segments that no Python process is to lock at the
/// same time: .NET's file API takes a lock of its own while a file is open.
/// </summary>
internal static class Segments
{
    internal static byte[] Read(string name) => File.ReadAllBytes(Path(name));

    internal static void Write(string name, ReadOnlySpan<byte> bytes) => File.WriteAllBytes(Path(name), bytes);

    internal static string Path(string name) => "/dev/shm/" + name;
}
