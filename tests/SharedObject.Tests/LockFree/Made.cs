using System;

namespace SharedObjects.Tests.LockFree;

/// <summary>Sizes and offsets of the objects that these tests use.</summary>
internal static class Made
{
    /// <summary>A Python <c>float</c>: mtime, tag, eight bytes.</summary>
    internal const int DoubleSize = 17;

    /// <summary>Where the elements of a one-dimensional array are: behind mtime, tag, dtype, rank and length.</summary>
    internal const int Elements = 26;

    /// <summary>More elements than fit a copy on the stack.</summary>
    internal const int Many = 10_000;

    internal static int ArraySize(int bytes) => Elements + bytes;

    internal static byte[] Double(double value) => BitConverter.GetBytes(value);
}
