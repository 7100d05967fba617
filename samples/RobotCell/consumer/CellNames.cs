using System.Collections.Generic;

namespace SharedObjects.Samples.RobotCell;

/// <summary>The names of a cell's objects: its prefix keeps them apart from those of every other run.</summary>
internal sealed class CellNames(string prefix)
{
    public string Prefix { get; } = prefix;

    public string Start { get; } = $"start_{prefix}";

    public string Join { get; } = $"join_{prefix}";

    public string Sync { get; } = $"sync_{prefix}_cam0";

    public string Command { get; } = $"{prefix}_command";

    public string State { get; } = $"{prefix}_state";

    public string Qpos { get; } = $"{prefix}_qpos";

    public string Qvel { get; } = $"{prefix}_qvel";

    public string Qf { get; } = $"{prefix}_qf";

    public string TcpPose { get; } = $"{prefix}_tcp_pose";

    public string Color { get; } = $"{prefix}_cam0_color";

    public string Depth { get; } = $"{prefix}_cam0_depth";

    public string Intrinsics { get; } = $"{prefix}_cam0_intr";

    public string CameraInfo { get; } = $"{prefix}_cam0_info";

    public IReadOnlyList<string> All =>
        [Start, Join, Sync, Command, State, Qpos, Qvel, Qf, TcpPose, Color, Depth, Intrinsics, CameraInfo];

    /// <summary>Removes what a killed producer left.</summary>
    /// <returns>The names that there were.</returns>
    public IReadOnlyList<string> UnlinkAll()
    {
        var found = new List<string>();
        foreach (string name in All)
        {
            if (SharedObject.Unlink(name))
            {
                found.Add(name);
            }
        }

        return found;
    }
}
