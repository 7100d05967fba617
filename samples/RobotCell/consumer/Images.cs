namespace SharedObjects.Samples.RobotCell;

/// <summary>The pictures that a run leaves.</summary>
/// <param name="Color">The file of the colour image.</param>
/// <param name="Depth">The file of the depth image in false colours.</param>
/// <param name="Near">The depth in metres that is red.</param>
/// <param name="Far">The depth in metres that is violet.</param>
internal sealed record Images(string Color, string Depth, double Near, double Far);
