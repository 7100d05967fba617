namespace SharedObjects.Objects;

/// <summary>What came of an attempt to read an object as bytes.</summary>
internal enum RawRead
{
    /// <summary>There is a whole value.</summary>
    Whole,

    /// <summary>Nobody has assigned a value yet.</summary>
    NeverAssigned,

    /// <summary>A writer died half-way.</summary>
    Torn,

    /// <summary>The lock was needed, and not free.</summary>
    Locked,

    /// <summary>The object is longer than the place for it; nothing was copied.</summary>
    TooLarge,
}
