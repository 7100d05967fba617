using System;

namespace SharedObjects.Bridging;

/// <summary>Another bridge at the same broker, with the same prefix.</summary>
/// <param name="Origin">Its number, in hexadecimal; another one each time it starts.</param>
/// <param name="Host">What it calls its host.</param>
/// <param name="Since">When it started, by its own clock.</param>
public sealed record BridgePeer(string Origin, string Host, DateTimeOffset Since);
