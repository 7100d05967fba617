using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Benchmarks.Baselines;

namespace SharedObjects.Benchmarks.Wake;

/// <summary>
/// The process that waits for objects that nobody writes, and measures what that costs it: for each line with a number of seconds, the
/// percentage of a core that it has used in that time.
/// </summary>
internal static class IdleRole
{
    internal const string Name = "idle";

    private const int StackSize = 128 * 1024;

    internal static int Play(IdleWay way, string[] names)
    {
        List<SharedObject<double>> handles = [];
        foreach (string name in names)
        {
            handles.Add(SharedObject.Open<double>(name, new SharedObjectOptions { Adopt = false }));
        }

        handles.ForEach(handle => Begin(way, handle));
        Console.Out.WriteLine("ready");
        while (Console.In.ReadLine() is { } line)
        {
            var time = TimeSpan.FromSeconds(double.Parse(line, CultureInfo.InvariantCulture));
            long used = Native.ProcessorTime();
            long began = Native.Now();
            Thread.Sleep(time);
            double share = (double)(Native.ProcessorTime() - used) / (Native.Now() - began);
            Console.Out.WriteLine((100 * share).ToString(CultureInfo.InvariantCulture));
        }

        return 0;
    }

    private static void Begin(IdleWay way, SharedObject<double> handle)
    {
        switch (way)
        {
            case IdleWay.Threads:
                new Thread(() => Unexpected(handle.Wait(Timeout.InfiniteTimeSpan)), StackSize) { IsBackground = true }.Start();
                break;
            case IdleWay.Tasks:
                _ = BeginAsync(handle);
                break;
        }
    }

    private static async Task BeginAsync(SharedObject<double> handle) => Unexpected(await handle.WaitAsync(Timeout.InfiniteTimeSpan));

    private static void Unexpected(bool news) => Environment.FailFast($"a wait for an object that nobody writes has ended: {news}");
}
