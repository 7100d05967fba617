namespace SharedObjects.Waiting;

/// <summary>What has ended a wait.</summary>
internal enum WaitOutcome
{
    /// <summary>The object has another stamp than the one waited after.</summary>
    News,

    /// <summary>There was none in time.</summary>
    TimedOut,

    /// <summary>The segment's name leads elsewhere, or nowhere, or was found again: somebody should look after it.</summary>
    LinkChanged,
}
