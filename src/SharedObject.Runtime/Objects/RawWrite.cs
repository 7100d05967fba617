namespace SharedObjects.Objects;

/// <summary>What came of an attempt to write an object as bytes.</summary>
internal enum RawWrite
{
    /// <summary>It was written.</summary>
    Written,

    /// <summary>The lock was not free.</summary>
    Locked,

    /// <summary>The segment has lost its name: whatever was written is where nobody looks.</summary>
    Unlinked,

    /// <summary>The object has another layout than the value; nothing was written.</summary>
    OtherLayout,
}
