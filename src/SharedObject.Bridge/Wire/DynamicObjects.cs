using System;
using SharedObjects.Wire;

namespace SharedObjects.Bridging.Wire;

/// <summary>
/// The one place that knows of SharedDynamicObject, whose value may change its type and size with each assign. Its first 128 bytes are fixed,
/// its value stands elsewhere in its segment: what crosses is to be the one followed by the other. Until the runtime has it, it is refused.
/// </summary>
internal static class DynamicObjects
{
    internal const string Problem = "it is a SharedDynamicObject, which this version does not carry. Use an object of one type instead, or a newer version on both sides";

    private const byte Tag = (byte)'d';

    /// <summary>Whether the bytes are the front of such an object.</summary>
    internal static bool Is(ReadOnlySpan<byte> bytes) => bytes.Length > ObjectHeader.TagOffset && bytes[ObjectHeader.TagOffset] == Tag;
}
