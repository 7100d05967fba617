using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace SharedObjects.Soak;

/// <summary>C# processes. As one takes a tenth of a second to start, some are started before they are needed.</summary>
internal sealed class CSharpProducers : IProducers
{
    private const int Ahead = 3;

    private readonly BlockingCollection<Process> _ready = new(Ahead);
    private readonly ConcurrentBag<Process> _started = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Task _starting;

    internal CSharpProducers() => _starting = Task.Factory.StartNew(
        StartAhead, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public Action Start(string name, ulong number, TimeSpan period)
    {
        Process process = _ready.Take();
        process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {number} {period.TotalSeconds}"));
        process.StandardInput.Flush();
        return () => End(process);
    }

    public void Dispose()
    {
        _end.Cancel();
        _starting.Wait();
        foreach (Process process in _started)
        {
            End(process);
        }

        _ready.Dispose();
        _end.Dispose();
    }

    /// <summary>What such a process does.</summary>
    internal static int Play()
    {
        WarmUp();
        Console.WriteLine(Program.ReadyLine);
        if (Console.In.ReadLine() is not { } line)
        {
            return 0;
        }

        new Thread(static () =>
        {
            Console.In.ReadLine(); // ends with the parent
            Environment.Exit(0);
        }) { IsBackground = true }.Start();
        string[] parts = line.Split(' ');
        Produce(parts[0], ulong.Parse(parts[1], CultureInfo.InvariantCulture), TimeSpan.FromSeconds(double.Parse(parts[2], CultureInfo.InvariantCulture)));
        return 0;
    }

    /// <summary>Makes and writes an object of its own, so that all code is compiled: the time until the first value is then the library's.</summary>
    private static void WarmUp()
    {
        string name = $"so-test-warm-{Environment.ProcessId}";
        ulong[] words = new ulong[Beat.Words];
        using SharedArray<ulong> handle = Make(name, words, 0, WallClock.Now);
        handle.Assign(words);
        handle.Unlink();
    }

    private static SharedArray<ulong> Make(string name, ulong[] words, ulong number, ulong made)
    {
        File.Delete(Path.Combine("/dev/shm", name));
        Beat.Fill(words, number, sequence: 0, made, first: 0);
        return SharedArray<ulong>.Publish(name, words, [Beat.Words]);
    }

    private static void Produce(string name, ulong number, TimeSpan period)
    {
        ulong made = WallClock.Now;
        ulong[] words = new ulong[Beat.Words];
        using SharedArray<ulong> handle = Make(name, words, number, made);
        ulong first = (ulong)handle.Timestamp;
        for (ulong sequence = 1; ; sequence++)
        {
            Thread.Sleep(period);
            Beat.Fill(words, number, sequence, made, first);
            handle.Assign(words);
        }
    }

    private static void End(Process process)
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private void StartAhead()
    {
        try
        {
            while (true)
            {
                _end.Token.ThrowIfCancellationRequested();
                Process process = Program.StartSelf(Program.ProduceVerb);
                if (process.StandardOutput.ReadLine() != Program.ReadyLine)
                {
                    throw new IOException("a producer died before it was ready");
                }

                _ready.Add(process, _end.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
