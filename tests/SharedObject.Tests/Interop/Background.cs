using System;
using System.Threading;
using System.Threading.Tasks;

namespace SharedObjects.Tests.Interop;

/// <summary>Threads of their own for what blocks: on a small machine the pool would let only some of it run at once.</summary>
internal static class Background
{
    internal static Task Run(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    internal static Task<T> Run<T>(Func<T> function) =>
        Task.Factory.StartNew(function, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
