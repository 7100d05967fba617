using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using SharedObjects.Samples.RobotCell.Schemas;

namespace SharedObjects.Samples.RobotCell;

/// <summary>One run: start the producer, watch and command the cell, take its pictures, end it.</summary>
internal sealed class Session(Options options, IView view, CancellationToken cancellation)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(5);

    // More than any run needs: only for a producer that nobody can reach any more.
    private readonly double _lifetime = options.Seconds + 60;

    private readonly TimeSpan _duration = TimeSpan.FromSeconds(options.Seconds);

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="CellException">Something was wrong; the producer has ended nevertheless, and its objects are gone.</exception>
    /// <exception cref="OperationCanceledException">The user stopped it; the same holds.</exception>
    public Summary Run()
    {
        var names = new CellNames(options.Prefix);
        Summary summary;
        IReadOnlyList<string> left = [];
        try
        {
            using IProducer producer = options.Attach ? new RemoteProducer(names) : Producer.Start(options.Python, names, _lifetime);
            using Cell cell = Cell.Open(names, producer, cancellation);
            summary = Watch(cell, producer);
            cell.Join.Trigger();
            producer.WaitForEnd(JoinTimeout);
        }
        finally
        {
            // What came over a bridge is the bridge's.
            left = options.Attach ? [] : names.UnlinkAll();
        }

        return left.Count == 0 ? summary : throw new CellException($"the producer left objects behind: {string.Join(", ", left)}");
    }

    private Summary Watch(Cell cell, IProducer producer)
    {
        var mission = new Mission(cell.Command, _duration);
        TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
        long began = Stopwatch.GetTimestamp();
        double Cpu() => (Environment.CpuUsage.TotalTime - cpuBefore) / Stopwatch.GetElapsedTime(began);

        using (var poller = new Poller(cell, mission))
        {
            cell.Start.Trigger();
            view.Run(show =>
            {
                TimeSpan shown = TimeSpan.Zero;
                while (Stopwatch.GetElapsedTime(began) is var elapsed && elapsed < _duration)
                {
                    Check(cell, producer, poller, elapsed);
                    mission.Advance(elapsed);
                    if (elapsed - shown >= view.Interval)
                    {
                        shown = elapsed;
                        show(Snapshot(cell, elapsed, Cpu()));
                    }

                    cancellation.WaitHandle.WaitOne(Tick);
                }
            });
            AwaitFreshFrame(cell, producer, poller);
        }

        TimeSpan watched = Stopwatch.GetElapsedTime(began);
        double cpu = Cpu();
        if (mission.Disobedience() is { } disobedience)
        {
            throw new CellException(disobedience);
        }

        return new Summary(watched, Readings(cell), mission.Latencies, cpu, WriteImages(cell));
    }

    /// <summary>Throws if the run can't go on.</summary>
    private void Check(Cell cell, IProducer producer, Poller poller, TimeSpan elapsed)
    {
        cancellation.ThrowIfCancellationRequested();
        poller.ThrowIfFailed();
        if (producer.HasEnded)
        {
            // Ctrl-C reaches the producer too, and it may have been faster than the handler here.
            cancellation.WaitHandle.WaitOne(Tick * 10);
            cancellation.ThrowIfCancellationRequested();
            producer.ThrowIfEnded();
        }

        foreach (IWatched watched in elapsed > Patience ? cell.Watched : [])
        {
            RateMeter.Reading reading = watched.Reading;
            if (reading.Values == 0 || reading.Age > Patience)
            {
                throw new CellException($"the producer runs, but has assigned nothing to '{watched.Label}' for {Patience.TotalSeconds} s");
            }
        }
    }

    /// <summary>Asks the camera for a frame that is begun now, so that the pictures show how the run ended.</summary>
    private void AwaitFreshFrame(Cell cell, IProducer producer, Poller poller)
    {
        long before = cell.Camera.Read(static info => info.Syncs);
        cell.Sync.Trigger();
        long asked = Stopwatch.GetTimestamp();
        while (cell.Camera.Read(static info => info.Syncs) == before)
        {
            Check(cell, producer, poller, TimeSpan.Zero);
            if (Stopwatch.GetElapsedTime(asked) > Patience)
            {
                throw new CellException($"the camera did not obey the sync trigger within {Patience.TotalSeconds} s");
            }

            cancellation.WaitHandle.WaitOne(Tick);
        }
    }

    private Snapshot Snapshot(Cell cell, TimeSpan elapsed, double cpu) => new(
        elapsed,
        _duration,
        Readings(cell),
        cell.State.Read(static state => state with { Qpos = [.. state.Qpos], Qvel = [.. state.Qvel], Qf = [.. state.Qf] }),
        cell.Camera.Read(static info => info.Frame),
        cell.Intrinsics.Matrix[0, 0],
        cpu);

    private static List<(string Label, RateMeter.Reading Reading)> Readings(Cell cell) =>
        [.. cell.Watched.Select(static watched => (watched.Label, watched.Reading))];

    private Images WriteImages(Cell cell)
    {
        Directory.CreateDirectory(options.Out);
        string color = Path.Combine(options.Out, "color.png");
        string depth = Path.Combine(options.Out, "depth.png");
        PngWriter.Write(color, cell.Color.Read(static image => image.Pixels), ColorImage.Width);
        (byte[] map, ushort near, ushort far) = DepthColorMap.Colorize(cell.Depth.Read(static image => image.Millimetres));
        PngWriter.Write(depth, map, ColorImage.Width);
        return new Images(Path.GetFullPath(color), Path.GetFullPath(depth), near / 1000.0, far / 1000.0);
    }
}
