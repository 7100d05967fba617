namespace SharedObjects.Bridging.Wire;

/// <summary>Which object takes which lane.</summary>
internal static class Lanes
{
    /// <summary>The largest object on the swift lane: at 100 Mbit/s it is over in 3 ms.</summary>
    internal const int LargestSwift = 32 * 1024;

    internal const int Count = 2;

    internal static LaneKind Of(int size) => size <= LargestSwift ? LaneKind.Swift : LaneKind.Bulk;

    internal static LaneKind Other(LaneKind lane) => lane == LaneKind.Swift ? LaneKind.Bulk : LaneKind.Swift;
}
