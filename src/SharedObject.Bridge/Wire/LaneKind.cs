namespace SharedObjects.Bridging.Wire;

/// <summary>
/// The two lanes, each on a connection of its own at both ends: on one alone, an image would delay the joint state behind it for as long
/// as it takes to cross a slow link.
/// </summary>
internal enum LaneKind
{
    /// <summary>Objects of up to <see cref="Lanes.LargestSwift"/> bytes, and all that is not an object.</summary>
    Swift,

    /// <summary>Larger objects.</summary>
    Bulk,
}
