using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using SharedObjects.Samples.RobotCell.Schemas;

namespace SharedObjects.Samples.RobotCell;

/// <summary>The handles of all objects of a cell.</summary>
internal sealed class Cell : IDisposable
{
    private static readonly TimeSpan StartUp = TimeSpan.FromSeconds(20);

    private Cell(CellNames names)
    {
        // What the cell says is only looked at; a handle that can't write can't do so by mistake.
        var read = new SharedObjectOptions { ReadOnly = true };

        Start = SharedTrigger.Open(names.Start);
        Join = SharedTrigger.Open(names.Join);
        Sync = SharedTrigger.Open(names.Sync);
        Command = ArmCommand.Open(names.Command);

        var arm = new StepClock();
        State = new("state", ArmState.Open(names.State, read), arm, static state => state.Sequence);
        Qpos = new("qpos", JointVector.Open(names.Qpos, read), arm);
        Qvel = new("qvel", JointVector.Open(names.Qvel, read), arm);
        Qf = new("qf", JointVector.Open(names.Qf, read), arm);
        TcpPose = new("tcp_pose", Schemas.TcpPose.Open(names.TcpPose, read), arm);

        var camera = new StepClock();
        Camera = new("info", CameraInfo.Open(names.CameraInfo, read), camera, static info => info.Frame);
        Color = new("color", ColorImage.Open(names.Color, read), camera);
        Depth = new("depth", DepthImage.Open(names.Depth, read), camera);

        using SharedObject<Intrinsics> intrinsics = Schemas.Intrinsics.Open(names.Intrinsics, read);
        Intrinsics = intrinsics.Fetch();
    }

    public SharedTrigger Start { get; }

    public SharedTrigger Join { get; }

    public SharedTrigger Sync { get; }

    public SharedObject<ArmCommand> Command { get; }

    public Watched<ArmState> State { get; }

    public Watched<JointVector> Qpos { get; }

    public Watched<JointVector> Qvel { get; }

    public Watched<JointVector> Qf { get; }

    public Watched<TcpPose> TcpPose { get; }

    public Watched<CameraInfo> Camera { get; }

    public Watched<ColorImage> Color { get; }

    public Watched<DepthImage> Depth { get; }

    /// <summary>Assigned once, so fetched once.</summary>
    public Intrinsics Intrinsics { get; }

    /// <summary>The watched objects, a writer's status object before those whose steps it numbers.</summary>
    public IReadOnlyList<IWatched> Watched => [State, Qpos, Qvel, Qf, TcpPose, Camera, Color, Depth];

    /// <summary>Opens all objects once they exist.</summary>
    /// <exception cref="CellException">The producer ended, or was not up in time.</exception>
    public static Cell Open(CellNames names, IProducer producer, CancellationToken cancellation)
    {
        long began = Stopwatch.GetTimestamp();
        while (names.All.FirstOrDefault(static name => !SharedObject.Exists(name)) is { } missing)
        {
            cancellation.ThrowIfCancellationRequested();
            producer.ThrowIfEnded();
            if (Stopwatch.GetElapsedTime(began) > StartUp)
            {
                throw new CellException($"the producer did not make '{missing}' within {StartUp.TotalSeconds} s");
            }

            Thread.Sleep(5);
        }

        return new Cell(names);
    }

    public void Dispose()
    {
        foreach (IWatched watched in Watched)
        {
            watched.Dispose();
        }

        Command.Dispose();
        Sync.Dispose();
        Join.Dispose();
        Start.Dispose();
    }
}
