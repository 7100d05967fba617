namespace SharedObjects.Objects;

/// <summary>What came of an attempt to read an object.</summary>
internal enum ReadResult
{
    /// <summary>There is a whole value.</summary>
    Whole,

    /// <summary>Nobody has assigned a value yet.</summary>
    NeverAssigned,

    /// <summary>A writer died half-way, or threw while it changed the value in place.</summary>
    Torn,

    /// <summary>The lock was needed, and not to be had in time.</summary>
    TimedOut,
}
