namespace SharedObjects.Bridging;

/// <summary>The names of the library's <see cref="System.Diagnostics.Metrics.Meter"/> and of its instruments.</summary>
/// <remarks>Measurements of objects have the tags <see cref="ObjectTag"/> and <see cref="DirectionTag"/>, others <see cref="OriginTag"/>. They are taken when somebody listens.</remarks>
public static class BridgeMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "SharedObject.Bridge";

    /// <summary>The tag with the object's name.</summary>
    public const string ObjectTag = SharedObjectMetrics.ObjectTag;

    /// <summary>The tag with the direction: <c>publish</c> or <c>subscribe</c>.</summary>
    public const string DirectionTag = "shared_object.bridge.direction";

    /// <summary>The tag with the bridge's number, of what is not of one object.</summary>
    public const string OriginTag = "shared_object.bridge.origin";

    /// <summary>How many values of the object have crossed.</summary>
    public const string Values = "shared_object.bridge.values";

    /// <summary>How many bytes of payload they had on the wire.</summary>
    public const string Bytes = "shared_object.bridge.bytes";

    /// <summary>How many values were dropped as newer ones came.</summary>
    public const string Superseded = "shared_object.bridge.superseded";

    /// <summary>How many values were refused.</summary>
    public const string Refused = "shared_object.bridge.refused";

    /// <summary>How long values take of late, in seconds: a gauge, of published objects.</summary>
    public const string Latency = "shared_object.bridge.latency";

    /// <summary>Whether the bridge has its broker: a gauge, 1 or 0.</summary>
    public const string Connected = "shared_object.bridge.connected";

    /// <summary>How many times a connection was lost.</summary>
    public const string Disconnects = "shared_object.bridge.disconnects";
}
