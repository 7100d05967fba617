using System;

namespace SharedObjects.Bridging;

/// <summary>How one object fares on a bridge. Rates are those of the last second or so; counts are since the bridge has started.</summary>
public sealed record BridgedObject
{
    /// <summary>The object's name.</summary>
    public required string Name { get; init; }

    /// <summary>Which way its values go.</summary>
    public required BridgeDirection Direction { get; init; }

    /// <summary>The size of the object in bytes, header included; 0 as long as it is not known.</summary>
    public long Size { get; init; }

    /// <summary>Values a second that were sent or taken in.</summary>
    public double ValuesPerSecond { get; init; }

    /// <summary>Bytes a second of payload on the wire, compressed if they are.</summary>
    public double BytesPerSecond { get; init; }

    /// <summary>How many values were sent or taken in.</summary>
    public long Values { get; init; }

    /// <summary>How many bytes of payload they had on the wire.</summary>
    public long Bytes { get; init; }

    /// <summary>How many values were dropped, as newer ones came before they could be sent, or written here.</summary>
    public long Superseded { get; init; }

    /// <summary>How many values were refused; <see cref="Problem"/> says why.</summary>
    public long Refused { get; init; }

    /// <summary>How long ago the last value was sent or taken in, by this host's clock; null if none was.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>
    /// Of a published object: how long it took, of late, from a value's stamp here until the slowest receiver's receipt for it (the broker's,
    /// if nobody subscribes) was back here; null if none was. By this host's clock alone.
    /// </summary>
    public TimeSpan? Latency { get; init; }

    /// <summary>The number of the bridge that the values come from, or that has this object instead of us; null if there is none.</summary>
    public string? Origin { get; init; }

    /// <summary>What keeps the object from crossing, or was wrong with it last, for people to read; null if nothing.</summary>
    public string? Problem { get; init; }
}
