using System;
using System.Collections.Generic;

namespace SharedObjects.Bridging;

/// <summary>How a bridge fares, at one moment.</summary>
public sealed record BridgeStatus
{
    /// <summary>Whether it has its broker.</summary>
    public required BridgeConnection Connection { get; init; }

    /// <summary>The broker.</summary>
    public required Uri Broker { get; init; }

    /// <summary>What this host is called.</summary>
    public required string Host { get; init; }

    /// <summary>This bridge's number, in hexadecimal; another one each time it starts.</summary>
    public required string Origin { get; init; }

    /// <summary>How long it is connected; null if it is not.</summary>
    public TimeSpan? ConnectedFor { get; init; }

    /// <summary>How many times a connection was lost.</summary>
    public long Disconnects { get; init; }

    /// <summary>Why there is no connection, or why the last one was lost, for people to read; null if none was.</summary>
    public string? Problem { get; init; }

    /// <summary>How many messages were refused that belong to none of <see cref="Objects"/>: other names, no names, other versions.</summary>
    public long Refused { get; init; }

    /// <summary>The other bridges that are there, by their hosts' names.</summary>
    public required IReadOnlyList<BridgePeer> Peers { get; init; }

    /// <summary>The objects, by their names.</summary>
    public required IReadOnlyList<BridgedObject> Objects { get; init; }
}
