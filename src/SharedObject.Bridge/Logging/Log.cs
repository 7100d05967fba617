using System;
using Microsoft.Extensions.Logging;

namespace SharedObjects.Bridging.Logging;

/// <summary>Every log line of the library.</summary>
internal static partial class Log
{
    [LoggerMessage(BridgeEventIds.Connected, LogLevel.Information, "Connected to the broker {Broker} ({Lane}).")]
    internal static partial void Connected(ILogger logger, Uri broker, string lane);

    [LoggerMessage(BridgeEventIds.NotConnected, LogLevel.Warning, "No connection to the broker {Broker} ({Lane}): {Problem}. It is tried again.")]
    internal static partial void NotConnected(ILogger logger, Uri broker, string lane, string problem);

    [LoggerMessage(BridgeEventIds.PeerCame, LogLevel.Information, "The bridge of host '{Host}' is there ({Origin}).")]
    internal static partial void PeerCame(ILogger logger, string host, string origin);

    [LoggerMessage(BridgeEventIds.PeerWent, LogLevel.Information, "The bridge of host '{Host}' has gone ({Origin}).")]
    internal static partial void PeerWent(ILogger logger, string host, string origin);

    [LoggerMessage(BridgeEventIds.Publishing, LogLevel.Information, "Publishing the shared object '{Name}'.")]
    internal static partial void Publishing(ILogger logger, string name);

    [LoggerMessage(BridgeEventIds.Removed, LogLevel.Information, "The shared object '{Name}' is not here any more, and not published.")]
    internal static partial void Removed(ILogger logger, string name);

    [LoggerMessage(BridgeEventIds.NotPublished, LogLevel.Warning, "The shared object '{Name}' is not published: {Problem}.")]
    internal static partial void NotPublished(ILogger logger, string name, string problem);

    [LoggerMessage(BridgeEventIds.Conflict, LogLevel.Error, "The shared object '{Name}' has two publishers, this host and '{Host}': {Problem}.")]
    internal static partial void Conflict(ILogger logger, string name, string host, string problem);

    [LoggerMessage(BridgeEventIds.ConflictEnded, LogLevel.Information, "The other publisher of the shared object '{Name}' has gone; it is published from here again.")]
    internal static partial void ConflictEnded(ILogger logger, string name);

    [LoggerMessage(BridgeEventIds.BothDirections, LogLevel.Error,
        "The shared object '{Name}' matches patterns of Publish and of Subscribe, and crosses in neither direction. Make the patterns of one side narrower: an object has one side that writes it.")]
    internal static partial void BothDirections(ILogger logger, string name);

    [LoggerMessage(BridgeEventIds.Made, LogLevel.Information, "Made the shared object '{Name}', which comes from '{Host}'.")]
    internal static partial void Made(ILogger logger, string name, string host);

    [LoggerMessage(BridgeEventIds.Refused, LogLevel.Warning, "A message to '{Topic}' is refused: {Problem}.")]
    internal static partial void Refused(ILogger logger, string topic, string problem);

    [LoggerMessage(BridgeEventIds.ForeignWriter, LogLevel.Warning,
        "The shared object '{Name}' comes from another host, and a program of this one writes it, too. What it writes stays here, and is overwritten.")]
    internal static partial void ForeignWriter(ILogger logger, string name);

    [LoggerMessage(BridgeEventIds.NoRoom, LogLevel.Warning, "The shared object '{Name}' can't be made or written here: {Problem} It is tried again, with the newest value.")]
    internal static partial void NoRoom(ILogger logger, string name, string problem);

    [LoggerMessage(BridgeEventIds.RoomAgain, LogLevel.Information, "The shared object '{Name}' can be written again.")]
    internal static partial void RoomAgain(ILogger logger, string name);

    [LoggerMessage(BridgeEventIds.RemovedAtOrigin, LogLevel.Information, "The shared object '{Name}' was removed at its origin{Here}.")]
    internal static partial void RemovedAtOrigin(ILogger logger, string name, string here);
}
