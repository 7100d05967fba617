namespace SharedObjects.Generators.Layout;

/// <summary>
/// The numbers of the wire format (docs/wire-format.md). The runtime has the same ones in <c>SharedObjects.Wire</c>, which
/// a netstandard2.0 generator can't reference; each generated codec compares its size with the runtime's when it is made.
/// </summary>
internal static class WireConstants
{
    /// <summary>Where the data area of the object's own value begins: behind mtime (8) and tag (1).</summary>
    internal const int DataOffset = 9;

    /// <summary>A type tag.</summary>
    internal const int TagSize = 1;

    /// <summary>D of a bytes area and L of a dict area, u64.</summary>
    internal const int SizeFieldSize = 8;

    /// <summary>The dtype (u8) and the rank (u64) of an array area.</summary>
    internal const int ArrayHeadSize = 9;

    /// <summary>One length of an array's shape, u64.</summary>
    internal const int LengthFieldSize = 8;

    /// <summary>L and the count of a sequence area, u64 each.</summary>
    internal const int SequenceHeadSize = 16;

    /// <summary>The largest object: the runtime's <c>ObjectLayout.MaxBufferSize</c>.</summary>
    internal const int MaxBufferSize = int.MaxValue - 4096;

    /// <summary>The longest object name in bytes of UTF-8: NAME_MAX of the file system that holds the segments.</summary>
    internal const int MaxNameLength = 255;

    /// <summary>
    /// Up to this size an object is looked at, and changed, on a copy: the runtime's <c>SharedObject&lt;T&gt;.StackLimit</c>.
    /// </summary>
    internal const int CopiedSize = 4096;

    /// <summary>The least capacity of a text or byte string unless the schema says otherwise: Python's <c>init_size</c>.</summary>
    internal const int DefaultInitSize = 100;
}
