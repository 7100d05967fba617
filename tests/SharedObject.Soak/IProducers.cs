using System;

namespace SharedObjects.Soak;

/// <summary>Gives out processes that produce an object.</summary>
internal interface IProducers : IDisposable
{
    /// <summary>Has a new process make the object anew, and write it.</summary>
    /// <param name="name">The object; what has the name is unlinked.</param>
    /// <param name="number">The producer's number, which its values carry.</param>
    /// <param name="period">The time between its writes.</param>
    /// <returns>What ends it with SIGKILL.</returns>
    Action Start(string name, ulong number, TimeSpan period);
}
