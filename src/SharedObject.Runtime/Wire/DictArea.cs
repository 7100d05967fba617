namespace SharedObjects.Wire;

/// <summary>The data area of a dict.</summary>
/// <remarks>
/// <code>
///   0               8
///   +---------------+---+-----------+---+-----------+---+---- - -
///   |       L       |tag| key data  |tag| value data|tag| next item ...
///   +---------------+---+-----------+---+-----------+---+---- - -
///                   |&lt;--------------- L bytes ---------------- - -
/// </code>
/// Items are in insertion order. Keys have one of the tags 0 to 7, which is what Python can hash; the data after a tag has
/// the form of the tag's own data area.
/// </remarks>
public static class DictArea
{
    /// <summary>L, u64: the bytes that follow.</summary>
    public const int SizeOffset = 0;

    /// <summary>Where the first item's key tag is.</summary>
    public const int ItemsOffset = 8;

    /// <summary>The highest tag a key may have, or an element of a set that is no tuple.</summary>
    public const WireTag LastKeyTag = WireTag.Bytes;

    /// <summary>
    /// How deep dicts, tuples, lists and sets may be nested, one in the other. The wire has no limit; a hostile segment must not be able to exhaust the stack of
    /// its readers.
    /// </summary>
    public const int MaxDepth = 64;
}
