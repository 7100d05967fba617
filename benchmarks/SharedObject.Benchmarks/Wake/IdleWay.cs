namespace SharedObjects.Benchmarks.Wake;

/// <summary>How a process waits for objects that nobody writes.</summary>
internal enum IdleWay
{
    /// <summary>It does not: its main thread sleeps. What the runtime itself costs.</summary>
    Not,

    /// <summary>A thread for each object, in <c>Wait</c>.</summary>
    Threads,

    /// <summary>A task for each object, of <c>WaitAsync</c>.</summary>
    Tasks,
}
