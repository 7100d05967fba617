namespace SharedObjects.Sync;

/// <summary>The two ways to hold a segment's lock.</summary>
internal enum LockMode
{
    /// <summary>With other readers: <c>LOCK_SH</c>.</summary>
    Shared,

    /// <summary>Alone: <c>LOCK_EX</c>.</summary>
    Exclusive,
}
