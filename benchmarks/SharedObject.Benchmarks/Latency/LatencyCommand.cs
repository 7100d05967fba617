using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using HdrHistogram;
using SharedObjects.Benchmarks.Measuring;
using SharedObjects.Benchmarks.Peers;
using SharedObjects.Benchmarks.Ratios;

namespace SharedObjects.Benchmarks.Latency;

/// <summary>
/// How long single calls take while other processes are at the same object: what a median of batches does not show. The clock's own
/// time (some 25 ns) is in the figures.
/// </summary>
internal static partial class LatencyCommand
{
    private const long Longest = 10_000_000_000; // ns
    private const int Digits = 3;
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(300);

    internal static int Run(double seconds)
    {
        using var fixture = new Fixture();
        TimeSpan each = TimeSpan.FromSeconds(seconds);
        Joints value = new(new double[8]);
        LockedJoints lockedValue = new(new double[8]);
        byte[] pixels = new byte[Fixture.ImageSize];
        Console.WriteLine($"{"ns",-56}{"calls",12}{"p50",12}{"p99",12}{"p99.9",12}{"max",12}");
        Measure("nothing (the clock)", each, static () => { });
        Measure("fetch 64 B, alone", each, () => fixture.Joints.FetchInto(ref value));
        WithChildren(fixture, Roles.AssignFirst, children: 1, () =>
        {
            Measure("fetch 64 B, beside a C# writer at full speed", each, () => fixture.Joints.FetchInto(ref value));
            Measure("fetch 64 B under the lock, beside the same", each, () => fixture.JointsLocked.FetchInto(ref lockedValue));
        });
        if (Python.Path is not null)
        {
            BesidePython(fixture, rate: 0, () =>
                Measure("fetch 64 B, beside a Python writer at full speed", each, () => fixture.Written.FetchInto(ref value)));
            BesidePython(fixture, rate: 1000, () =>
                Measure("fetch 64 B, beside a Python writer at 1 kHz", each, () => fixture.Written.FetchInto(ref value)));
        }

        Measure("assign 64 B, alone", each, () => fixture.Joints.Assign(value));
        WithChildren(fixture, Roles.FetchFirst, children: 4, () =>
            Measure("assign 64 B, beside 4 readers that spin", each, () => fixture.Joints.Assign(value)));
        WithChildren(fixture, Roles.AssignFirst, children: 1, () =>
            Measure("assign 64 B, beside another C# writer", each, () => fixture.Joints.Assign(value)));
        WithChildren(fixture, Roles.AssignFirstSlowly, children: 1, () => MeasureAge(fixture, each));
        Measure("fetch image, alone", each, () => fixture.Image.FetchInto(pixels));
        return 0;
    }

    private static LongHistogram Measure(string name, TimeSpan duration, Action operation)
    {
        LongHistogram histogram = new(Longest, Digits);
        long warm = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(warm) < WarmUp)
        {
            Time(operation);
        }

        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < duration)
        {
            for (int i = 0; i < 100; i++)
            {
                histogram.RecordValue(Time(operation));
            }
        }

        Print(name, histogram);
        return histogram;
    }

    /// <summary>How old a value of a slow writer is when a reader that spins has it: from the writer's stamp to the reader's copy.</summary>
    private static void MeasureAge(Fixture fixture, TimeSpan duration)
    {
        LongHistogram histogram = new(Longest, Digits);
        SharedObject<Joints> handle = fixture.Joints;
        Joints value = new(new double[8]);
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < duration)
        {
            if (handle.Modified)
            {
                handle.FetchInto(ref value);
                histogram.RecordValue(Math.Clamp((DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100 - handle.LastSeen, 1, Longest));
            }
        }

        Print("age of a new value when it has been fetched (to 100 ns)", histogram);
    }

    private static long Time(Action operation)
    {
        long began = Stopwatch.GetTimestamp();
        operation();
        return Math.Max(1, (long)Statistics.Nanoseconds(Stopwatch.GetTimestamp() - began));
    }

    private static void Print(string name, LongHistogram histogram)
    {
        long[] columns =
        [
            histogram.GetValueAtPercentile(50),
            histogram.GetValueAtPercentile(99),
            histogram.GetValueAtPercentile(99.9),
            histogram.GetMaxValue(),
        ];
        string percentiles = string.Concat(columns.Select(static value => value.ToString("N0", CultureInfo.InvariantCulture).PadLeft(12)));
        Console.WriteLine($"{name,-56}{histogram.TotalCount.ToString("N0", CultureInfo.InvariantCulture),12}{percentiles}");
    }

    private static void WithChildren(Fixture fixture, int command, int children, Action measure, int core = -1)
    {
        List<Control> controls = [];
        List<Child> processes = [];
        try
        {
            for (int i = 0; i < children; i++)
            {
                string name = Fixture.Name($"control{i}");
                controls.Add(Control.Create(name));
                processes.Add(Child.OfThisProgram(Roles.Worker, core.ToString(CultureInfo.InvariantCulture), name, fixture.Joints.Name, fixture.Other.Name));
                processes[i].Hear();
            }

            controls.ForEach(control => control.Tell(command));
            measure();
            controls.ForEach(static control => control.Tell(Control.Idle));
        }
        finally
        {
            processes.ForEach(static process => process.Dispose());
            controls.ForEach(static control => control.Dispose());
        }
    }

    private static void BesidePython(Fixture fixture, int rate, Action measure)
    {
        using Child writer = Python.Start(
            "write",
            fixture.Written.Name,
            Fixture.JointsOffset.ToString(CultureInfo.InvariantCulture),
            "64",
            rate.ToString(CultureInfo.InvariantCulture));
        writer.Hear();
        measure();
    }
}
