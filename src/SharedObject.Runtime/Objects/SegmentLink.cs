namespace SharedObjects.Objects;

/// <summary>Where a segment stands to the name that it was opened by.</summary>
internal enum SegmentLink
{
    /// <summary>The name leads to it.</summary>
    Linked,

    /// <summary>The name is gone: those who have the segment share it still, but nobody can find it.</summary>
    Unlinked,

    /// <summary>The name leads to another segment: a producer has made its object anew.</summary>
    Replaced,
}
