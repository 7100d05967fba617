using System;

namespace SharedObjects.Samples.RobotCell;

/// <summary>How a run is shown.</summary>
internal interface IView
{
    /// <summary>How often it wants to be shown something new.</summary>
    TimeSpan Interval { get; }

    /// <summary>Runs <paramref name="body"/> and gives it the function that shows a snapshot.</summary>
    void Run(Action<Action<Snapshot>> body);
}
