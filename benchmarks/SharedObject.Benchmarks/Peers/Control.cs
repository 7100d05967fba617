using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading;
using SharedObjects.Benchmarks.Baselines;

namespace SharedObjects.Benchmarks.Peers;

/// <summary>What a child is to do now: a word that it looks at all the time, and one in which it counts what it has done.</summary>
internal sealed class Control : IDisposable
{
    internal const int Idle = 0;

    private const int CountOffset = 128; // a cache line of its own
    private const int Size = 4096;

    private readonly string _name;
    private readonly bool _owns;
    private readonly RawSegment _segment;

    private Control(string name, bool owns)
    {
        _name = name;
        _owns = owns;
        _segment = new RawSegment(name);
    }

    internal int Command => Volatile.Read(ref Word<int>(0));

    internal long Count => Volatile.Read(ref Word<long>(CountOffset));

    internal static Control Create(string name)
    {
        File.WriteAllBytes(Path.Combine("/dev/shm", name), new byte[Size]);
        return new Control(name, owns: true);
    }

    internal static Control Open(string name) => new(name, owns: false);

    internal void Add(int done) => Volatile.Write(ref Word<long>(CountOffset), Count + done);

    /// <summary>Tells the child what to do, and waits until it does.</summary>
    internal void Tell(int command)
    {
        Volatile.Write(ref Word<int>(0), command);
        long before = Count;
        long began = Stopwatch.GetTimestamp();
        while (command != Idle && Count == before)
        {
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(10))
            {
                throw new TimeoutException("a child process does not do what it is told");
            }

            Thread.Yield();
        }
    }

    public void Dispose()
    {
        _segment.Dispose();
        if (_owns)
        {
            File.Delete(Path.Combine("/dev/shm", _name));
        }
    }

    private ref T Word<T>(int offset)
        where T : struct => ref Unsafe.As<byte, T>(ref _segment.Bytes[offset]);
}
