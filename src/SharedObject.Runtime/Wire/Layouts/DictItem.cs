namespace SharedObjects.Wire;

/// <summary>One item of a dict's layout.</summary>
/// <param name="Key">The key, contents included.</param>
/// <param name="Value">The layout of the value.</param>
public sealed record DictItem(DictKey Key, ValueLayout Value)
{
    /// <summary>An item with a <c>str</c> key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The layout of the value.</param>
    /// <param name="initSize">The <c>init_size</c> that sets the key's capacity.</param>
    public static DictItem Of(string key, ValueLayout value, int initSize = BytesArea.DefaultInitSize) =>
        new(DictKey.Str(key, initSize), value);
}
