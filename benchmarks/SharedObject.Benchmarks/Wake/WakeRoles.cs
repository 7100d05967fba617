using System;
using System.Globalization;
using System.Text;
using SharedObjects.Benchmarks.Baselines;
using SharedObjects.Benchmarks.Peers;

namespace SharedObjects.Benchmarks.Wake;

/// <summary>The C# processes that wake each other: they speak as wake.c says.</summary>
/// <remarks>A value carries the time just before <c>Assign</c> was called, and its number within the round.</remarks>
internal static class WakeRoles
{
    internal const string Waiter = "wake-waiter";
    internal const string Writer = "wake-writer";

    private const int TimeOfCall = 0;
    private const int NumberInRound = 1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    internal static int Wait(string name, WaitStrategy strategy, int core)
    {
        Pin(core);
        using SharedObject<Joints> handle = Joints.Open(name, new SharedObjectOptions { WaitStrategy = strategy });
        Joints value = new(new double[8]);
        Console.Out.WriteLine("ready");
        while (TryHear(out int wakes, out _))
        {
            var times = new Times(wakes);
            handle.FetchInto(ref value);
            Console.Out.WriteLine("ready");
            do
            {
                if (!handle.Wait(Patience))
                {
                    return 1;
                }

                long waited = Native.Now();
                handle.FetchInto(ref value);
                times.Add(waited, Native.Now(), handle.LastSeen, BitConverter.DoubleToInt64Bits(value.Values[TimeOfCall]));
            }
            while (value.Values[NumberInRound] < wakes);
            times.Tell();
        }

        return 0;
    }

    internal static int Write(string name, WaitStrategy strategy, int core)
    {
        Pin(core);
        using SharedObject<Joints> handle = Joints.Open(name);
        Joints value = new(new double[8]);
        Console.Out.WriteLine("ready");
        while (TryHear(out int wakes, out long gap))
        {
            for (int i = 1; i <= wakes; i++)
            {
                Native.Pass(strategy == WaitStrategy.Spin, Native.Now() + gap);
                value.Values[NumberInRound] = i;
                value.Values[TimeOfCall] = BitConverter.Int64BitsToDouble(Native.Now());
                handle.Assign(value);
            }

            Console.Out.WriteLine("done");
        }

        return 0;
    }

    private static void Pin(int core)
    {
        if (core >= 0)
        {
            Cores.RunOn(core);
        }
    }

    private static bool TryHear(out int wakes, out long gap)
    {
        string[] words = (Console.In.ReadLine() ?? "0 0").Split(' ');
        wakes = int.Parse(words[0], CultureInfo.InvariantCulture);
        gap = long.Parse(words[1], CultureInfo.InvariantCulture);
        return wakes > 0;
    }

    /// <summary>What a waiter has measured in a round, kept until the round is over.</summary>
    private sealed class Times(int wakes)
    {
        private readonly long[] _fromStamp = new long[wakes];
        private readonly long[] _fromCall = new long[wakes];
        private readonly long[] _fetched = new long[wakes];
        private int _count;

        internal void Add(long waited, long fetched, long stamp, long called)
        {
            _fromStamp[_count] = waited - stamp;
            _fromCall[_count] = waited - called;
            _fetched[_count] = fetched - called;
            _count++;
        }

        internal void Tell()
        {
            foreach (long[] times in (long[][])[_fromStamp, _fromCall, _fetched])
            {
                Console.Out.WriteLine(new StringBuilder().AppendJoin(' ', times[.._count]));
            }
        }
    }
}
