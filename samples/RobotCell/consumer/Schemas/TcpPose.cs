namespace SharedObjects.Samples.RobotCell.Schemas;

/// <summary>Where the tool's tip is, seen from the arm's base.</summary>
[SharedObject("cell_tcp_pose", Kind = SharedKind.Value)]
internal readonly partial record struct TcpPose(Pose Value);
