using System;
using System.Threading;
using System.Threading.Tasks;

namespace SharedObjects.Soak;

/// <summary>A program that ends while its threads and tasks wait for an object, and has waited for another one before.</summary>
internal static class Leaver
{
    internal static async Task<int> RunAsync(string name, string other)
    {
        using SharedArray<ulong> quiet = SharedArray<ulong>.Open(other);
        quiet.Wait(TimeSpan.FromMilliseconds(1));
        SharedArray<ulong> first = SharedArray<ulong>.Open(name), second = SharedArray<ulong>.Open(name);
        new Thread(() => first.Wait()) { IsBackground = true }.Start();
        Task<bool> never = second.WaitAsync(Timeout.InfiniteTimeSpan).AsTask();
        Console.WriteLine(Program.ReadyLine);
        await Task.WhenAny(never, Task.Run(Console.In.ReadLine));
        return 0;
    }
}
