namespace SharedObjects.Objects;

/// <summary>What a handle remembers of a torn value: by which stamps it knows it again, and by which hash that it was repaired.</summary>
/// <param name="Writing">The stamp of the write that never ended.</param>
/// <param name="Mtime">The object's mtime when it was looked at last: while both stay, so does the answer.</param>
/// <param name="Hash">The hash of the bytes when this write was first found unended; other bytes are those of a later, whole write.</param>
internal sealed record TornValue(ulong Writing, ulong Mtime, ulong Hash);
