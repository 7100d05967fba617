namespace SharedObjects.Samples.RobotCell.Schemas;

/// <summary>The camera matrix: focal lengths on the diagonal, the principal point in the last column, in pixels.</summary>
[SharedObject("cell_cam0_intr", Kind = SharedKind.Value)]
internal sealed partial record Intrinsics([Shape(3, 3)] double[,] Matrix);
