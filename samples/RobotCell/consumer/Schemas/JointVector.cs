namespace SharedObjects.Samples.RobotCell.Schemas;

/// <summary>
/// A number for each joint: a bare ndarray. One schema serves several objects: the arm's positions, velocities and torques.
/// </summary>
[SharedObject("cell_qpos", Kind = SharedKind.Value)]
internal sealed partial record JointVector([Shape(7)] double[] Values);
