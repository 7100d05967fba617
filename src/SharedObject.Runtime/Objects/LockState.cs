namespace SharedObjects.Objects;

/// <summary>What the thread that is in a handle's gate holds, and may do with the same handle.</summary>
internal enum LockState
{
    /// <summary>Nothing is held.</summary>
    None,

    /// <summary>One operation, or a callback of the user's: no other call of the same handle.</summary>
    Busy,

    /// <summary>A read lock scope: calls that read join it.</summary>
    ReadScope,

    /// <summary>A write lock scope: calls that read or write join it.</summary>
    WriteScope,
}
