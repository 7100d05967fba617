using System;
using SharedObjects.Bridging.Settings;
using SharedObjects.Bridging.Wire;

namespace SharedObjects.Bridging.Peers;

/// <summary>Another bridge that is there, as it has said itself.</summary>
internal sealed class Peer(ulong origin, Presence presence)
{
    internal ulong Origin => origin;

    internal Presence Presence => presence;

    /// <summary>Whether it takes in an object of this name and size, and so sends receipts for it.</summary>
    internal bool Takes(string name, int size) =>
        size <= presence.MaxSize && BridgeSettings.MatchesAny(presence.Subscribe, name) && !BridgeSettings.MatchesAny(presence.Publish, name);

    /// <summary>
    /// Whether it goes before another bridge where both publish an object: the one that is there for longer does, so that a newcomer by mistake
    /// does not take over; of two that started at once, the one with the smaller number. Both sides come to the same answer.
    /// </summary>
    internal static bool GoesBefore((ulong Since, ulong Origin) one, (ulong Since, ulong Origin) other) => one.CompareTo(other) < 0;

    internal (ulong Since, ulong Origin) Rank => (presence.Since, origin);

    internal DateTimeOffset Since => presence.Since / 100 < (ulong)(DateTime.MaxValue - DateTime.UnixEpoch).Ticks
        ? DateTimeOffset.UnixEpoch + TimeSpan.FromTicks((long)(presence.Since / 100))
        : DateTimeOffset.MaxValue;
}
