namespace SharedObjects.Bridging.Wire;

/// <summary>What a topic is for.</summary>
internal enum TopicKind
{
    /// <summary>None of ours.</summary>
    Unknown,

    /// <summary>An object of the swift lane.</summary>
    SwiftObject,

    /// <summary>An object of the bulk lane.</summary>
    BulkObject,

    /// <summary>A bridge that is there.</summary>
    Presence,

    /// <summary>What has come of the values of a bridge.</summary>
    Receipt,
}
