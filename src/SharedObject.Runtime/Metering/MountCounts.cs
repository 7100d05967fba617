namespace SharedObjects.Metering;

/// <summary>What one handle has counted. All but the retries are counted by the thread that is in the handle's gate.</summary>
internal sealed class MountCounts
{
    internal long Writes;
    internal long LockedReads;
    internal long LockWaits;
    internal long Retries;
    internal long Heals;
    internal long Remounts;

    internal void Add(MountCounts other)
    {
        Writes += other.Writes;
        LockedReads += other.LockedReads;
        LockWaits += other.LockWaits;
        Retries += other.Retries;
        Heals += other.Heals;
        Remounts += other.Remounts;
    }
}
