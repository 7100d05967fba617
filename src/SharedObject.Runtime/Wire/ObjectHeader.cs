namespace SharedObjects.Wire;

/// <summary>The nine bytes that every object begins with.</summary>
/// <remarks>
/// All integers of the wire are little-endian, and nothing after the header is aligned.
/// <code>
///   0               8   9
///   +---------------+---+------------------ - -
///   |     mtime     |tag| data area
///   +---------------+---+------------------ - -
/// </code>
/// </remarks>
public static class ObjectHeader
{
    /// <summary>mtime, u64: nanoseconds since the epoch (CLOCK_REALTIME) of the last assign or trigger; 0 is "never assigned".</summary>
    public const int StampOffset = 0;

    /// <summary>The type tag, u8: a <see cref="WireTag"/>.</summary>
    public const int TagOffset = 8;

    /// <summary>Where the data area begins; its form follows from the tag.</summary>
    public const int DataOffset = 9;
}
