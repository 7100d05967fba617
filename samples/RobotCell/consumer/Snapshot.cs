using System;
using System.Collections.Generic;
using SharedObjects.Samples.RobotCell.Schemas;

namespace SharedObjects.Samples.RobotCell;

/// <summary>What a view shows: copies, which stay as they are.</summary>
/// <param name="Elapsed">How long the cell has been watched.</param>
/// <param name="Duration">How long it will be.</param>
/// <param name="Objects">The watched objects and what their meters read.</param>
/// <param name="State">The arm's newest state.</param>
/// <param name="Frame">The camera's newest frame.</param>
/// <param name="FocalLength">Of the camera, in pixels.</param>
/// <param name="Cpu">This process's share of one core, so far.</param>
internal sealed record Snapshot(
    TimeSpan Elapsed,
    TimeSpan Duration,
    IReadOnlyList<(string Label, RateMeter.Reading Reading)> Objects,
    ArmState State,
    long Frame,
    double FocalLength,
    double Cpu);
