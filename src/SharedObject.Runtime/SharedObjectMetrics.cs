namespace SharedObjects;

/// <summary>The names of the library's <see cref="System.Diagnostics.Metrics.Meter"/> and of its instruments.</summary>
/// <remarks>
/// Every measurement has the tag <see cref="ObjectTag"/>. Counts are kept by writes and locked reads, which have a system call anyway,
/// and are added up when somebody listens; reads without a lock count nothing. What handles have counted that are disposed stays, under
/// <c>(others)</c> where a process has ended handles of more than ten thousand objects.
/// </remarks>
public static class SharedObjectMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "SharedObjects";

    /// <summary>The tag with the object's name.</summary>
    public const string ObjectTag = "shared_object.name";

    /// <summary>How many times this process has assigned, updated or triggered the object.</summary>
    public const string Writes = "shared_object.writes";

    /// <summary>How many times this process has read the object under its lock: of a plain Python writer, once for each value.</summary>
    public const string LockedReads = "shared_object.locked_reads";

    /// <summary>How many times the lock was not to be had at once.</summary>
    public const string LockWaits = "shared_object.lock_waits";

    /// <summary>How many times a read without a lock was tried again, as a write came between.</summary>
    public const string Retries = "shared_object.retries";

    /// <summary>How many times a value of a plain Python writer was made readable without a lock.</summary>
    public const string Heals = "shared_object.heals";

    /// <summary>How many times a handle has moved to a new segment of its name.</summary>
    public const string Remounts = "shared_object.remounts";

    /// <summary>How old the object's value is, in seconds: a gauge, of objects that this process has open.</summary>
    public const string ValueAge = "shared_object.value.age";
}
