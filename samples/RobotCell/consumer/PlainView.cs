using System;
using System.Linq;

namespace SharedObjects.Samples.RobotCell;

/// <summary>A line a second, for logs and pipes.</summary>
internal sealed class PlainView : IView
{
    public TimeSpan Interval => TimeSpan.FromSeconds(1);

    public void Run(Action<Action<Snapshot>> body) => body(Show);

    private static void Show(Snapshot snapshot)
    {
        // The other objects of the arm and of the camera keep step with these; the summary has them all.
        string rates = string.Join("  ", snapshot.Objects.Where(static item => item.Label is "state" or "color").Select(static item =>
            $"{item.Label} {item.Reading.RateNow,4:F0}/s ({item.Reading.Age.TotalMilliseconds,4:F1} ms old)"));
        string joints = string.Join(' ', snapshot.State.Qpos.Select(static angle => $"{angle,5:F2}"));
        Console.WriteLine(
            $"{snapshot.Elapsed.TotalSeconds,5:F1} s  {rates}  {snapshot.State.Mode} at {snapshot.State.Speed:F2}  q [{joints}]  cpu {snapshot.Cpu:P0}");
    }
}
