namespace SharedObjects.Bridging.Publishing;

/// <summary>A value that was sent, and of which not all who wait for it have said that they have it.</summary>
/// <param name="Sequence">Its message's number.</param>
/// <param name="Bytes">The payload's length.</param>
/// <param name="SentAt">When it was sent, of the monotonic clock.</param>
/// <param name="Stamp">The value's stamp, if it says how long the value has been on its way; 0 of one that is sent again.</param>
internal readonly record struct Flight(ulong Sequence, int Bytes, long SentAt, ulong Stamp);
