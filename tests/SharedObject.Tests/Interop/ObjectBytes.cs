using System;
using System.IO;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Interop;

/// <summary>The bytes of an object as Python knows it; what else may be behind them in the segment is nobody's business here.</summary>
internal static class ObjectBytes
{
    internal static byte[] Of(SharedHandle handle) => Segments.Read(handle.Name).AsSpan(0, handle.Layout.BufferSize).ToArray();

    /// <summary>Overwrites the beginning of a segment; it keeps its size, as it is mapped.</summary>
    internal static void Overwrite(string name, ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(Segments.Path(name), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(bytes);
    }
}
