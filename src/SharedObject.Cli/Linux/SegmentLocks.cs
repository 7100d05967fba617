using System.Collections.Generic;
using System.Linq;
using SharedObjects.Interop;
using SharedObjects.Sync;

namespace SharedObjects.Cli.Linux;

/// <summary>The locks of segments at one moment.</summary>
internal sealed class SegmentLocks
{
    private readonly ILookup<string, LockEntry> _entries;

    private SegmentLocks(IEnumerable<LockEntry> entries) => _entries = entries.ToLookup(entry => entry.File);

    internal static SegmentLocks Read() => new(LockTable.Read());

    /// <summary>Whether somebody has a segment's lock, and which; null if nobody has.</summary>
    internal LockEntry? FirstOf(in FileStatus file) => _entries[file.LockTableName].FirstOrDefault(entry => !entry.IsWaiting);

    /// <summary>Who holds a segment's lock, and who waits for it: the processes that really do now, which takes a look into them.</summary>
    internal LockEntry[] Of(in FileStatus file) =>
        [.. _entries[file.LockTableName].SelectMany(entry => entry.IsWaiting ? [entry] : LockHolders.HeldNow(entry)).Distinct()];
}
