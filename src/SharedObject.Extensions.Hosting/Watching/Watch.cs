using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace SharedObjects.Hosting.Watching;

/// <summary>What to watch, and what to do with it.</summary>
/// <param name="Name">The object's name.</param>
/// <param name="Open">Waits for the object, and opens it.</param>
/// <param name="Stream">The values of the object.</param>
/// <param name="Handle">What to do with each.</param>
/// <param name="Options">What the stream begins with, and what silence is.</param>
internal sealed record Watch<THandle, TValue>(
    string Name,
    Func<string, SharedObjectOptions, CancellationToken, Task<THandle>> Open,
    Func<THandle, SharedWatchOptions, CancellationToken, IAsyncEnumerable<TValue>> Stream,
    Func<TValue, IServiceProvider, CancellationToken, Task> Handle,
    SharedWatchOptions Options)
    where THandle : SharedHandle;
