using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using SharedObjects.Benchmarks.Baselines;
using SharedObjects.Benchmarks.Measuring;
using SharedObjects.Benchmarks.Peers;

namespace SharedObjects.Benchmarks.Ratios;

/// <summary>All figures of one run, in under a minute.</summary>
internal sealed class RatiosCommand
{
    private readonly Dictionary<string, Figure> _figures = [];
    private readonly int _rounds;
    private readonly TimeSpan _warmUp;

    private RatiosCommand(bool quick)
    {
        _rounds = quick ? 15 : 101;
        _warmUp = TimeSpan.FromMilliseconds(quick ? 40 : 120);
    }

    internal static int Run(string[] arguments)
    {
        var run = new RatiosCommand(arguments.Contains("--quick"));
        using (var fixture = new Fixture())
        {
            run.Measure(fixture);
        }

        if (arguments.Contains("--markdown"))
        {
            Report.WriteMarkdown(run._figures);
        }
        else
        {
            Report.WriteTable(run._figures);
        }

        if (arguments.Contains("--json"))
        {
            Report.WriteJson(run._figures);
        }

        return 0;
    }

    private void Measure(Fixture fixture)
    {
        using Child? python = TryStartPython();
        MeasureTogether(fixture, python);
        MeasureTwoReaders(fixture);
        if (Python.Path is not null)
        {
            MeasureBesidePythonWriter(fixture);
        }

        Add(new Figure("bytes_allocated_per_fetch", [Allocations.PerFetch(fixture)]));
    }

    /// <summary>Everything that can take turns: A B C … A B C …, so that what disturbs the machine disturbs all of them.</summary>
    private void MeasureTogether(Fixture fixture, Child? python)
    {
        using var store = new MemoryPackStore(Fixture.Name("memorypack"));
        using var socket = new SocketValue();
        using Child server = Child.OfThisProgram(Roles.Server, socket.Address);
        socket.Accept();
        List<Contender> contenders = Contenders.All(fixture, store, socket);
        List<PythonContender> pythons = python is null ? [] : PythonContender.All(python);

        // Three times, with pauses: what is compiled first is instrumented, and compiled once more in the background.
        for (int i = 0; i < 3; i++)
        {
            contenders.ForEach(contender => contender.WarmUp(_warmUp));
            Thread.Sleep(_warmUp);
        }

        for (int round = 0; round < _rounds; round++)
        {
            contenders.ForEach(static contender => contender.Round());
            pythons.ForEach(static contender => contender.Round());
        }

        contenders.ForEach(contender => Add(new Figure(contender.Name, contender.Rounds)));
        pythons.ForEach(contender => Add(new Figure(contender.Name, contender.Rounds)));
        Add(Figure.Difference("fetch_new_value_python_writer", _figures["write_as_python_and_fetch"], _figures["write_as_python"]));
    }

    /// <summary>A second process reads without a pause: the same object in one round, another in the next.</summary>
    private void MeasureTwoReaders(Fixture fixture)
    {
        using Control control = Control.Create(Fixture.Name("control"));
        using Child child = Child.OfThisProgram(Roles.Worker, "1", Fixture.Name("control"), fixture.Joints.Name, fixture.Other.Name);
        child.Hear();
        Contender same = new("fetch_64B_2readers", Contenders.FetchLoop(fixture.Joints, new Joints(new double[8])));
        Contender apart = new("fetch_64B_2readers_apart", Contenders.FetchLoop(fixture.Joints, new Joints(new double[8])));
        Cores.RunOn(0);
        foreach (int command in (int[])[Roles.FetchFirst, Roles.FetchSecond, Roles.FetchFirst])
        {
            control.Tell(command);
            same.WarmUp(_warmUp);
            apart.WarmUp(_warmUp);
        }

        for (int round = 0; round < _rounds; round++)
        {
            control.Tell(Roles.FetchFirst);
            same.Round();
            control.Tell(Roles.FetchSecond);
            apart.Round();
        }

        control.Tell(Control.Idle);
        Cores.RunAnywhere();
        Add(new Figure(same.Name, same.Rounds));
        Add(new Figure(apart.Name, apart.Rounds));
    }

    /// <summary>A plain Python process writes a thousand times a second; what its values cost is an average, not a median.</summary>
    private void MeasureBesidePythonWriter(Fixture fixture)
    {
        const int Operations = 1000;
        using Child writer = Python.Start(
            "write", fixture.Written.Name, Fixture.JointsOffset.ToString(CultureInfo.InvariantCulture), "64", "1000");
        writer.Hear();
        TimeSpan window = TimeSpan.FromMilliseconds(50);
        Action<int> loop = Contenders.FetchLoop(fixture.Written, new Joints(new double[8]));
        List<double> averages = [];
        for (int i = 0; i < 25; i++)
        {
            long operations = 0;
            long began = Stopwatch.GetTimestamp();
            do
            {
                loop(Operations);
                operations += Operations;
            }
            while (Stopwatch.GetElapsedTime(began) < window);
            averages.Add(Statistics.Nanoseconds(Stopwatch.GetTimestamp() - began) / operations);
        }

        Add(new Figure("fetch_64B_python_writer_1khz", averages));
        Add(new Figure("fetch_new_value_python_process", FirstFetches(fixture.Written, count: 20 * _rounds)));
    }

    /// <summary>The first fetch of each value, once its writer is surely done; without the clock's own time.</summary>
    private static List<double> FirstFetches(SharedObject<Joints> handle, int count)
    {
        List<double> times = [];
        List<double> clock = [];
        Joints value = new(new double[8]);
        count = Math.Min(count, 1000);
        while (times.Count < count)
        {
            if (!handle.Modified)
            {
                continue;
            }

            long seen = Stopwatch.GetTimestamp();
            while (Statistics.Nanoseconds(Stopwatch.GetTimestamp() - seen) < 100_000)
            {
            }

            long began = Stopwatch.GetTimestamp();
            handle.FetchInto(ref value);
            times.Add(Statistics.Nanoseconds(Stopwatch.GetTimestamp() - began));
            began = Stopwatch.GetTimestamp();
            clock.Add(Statistics.Nanoseconds(Stopwatch.GetTimestamp() - began));
        }

        double ofClock = Statistics.Median(clock);
        return [.. times.Select(time => time - ofClock)];
    }

    private static Child? TryStartPython()
    {
        if (Python.Path is null)
        {
            Console.Error.WriteLine("no Python with numpy was found: figures that need it are missing");
            return null;
        }

        Child child = Python.Start("time", Fixture.Prefix);
        if (child.Hear() == "ready")
        {
            return child;
        }

        child.Dispose();
        Console.Error.WriteLine("the Python package could not be started: figures that need it are missing");
        return null;
    }

    private void Add(Figure figure) => _figures.Add(figure.Name, figure);
}
