namespace SharedObjects.Samples.RobotCell.Schemas;

/// <summary>The camera's depth image, in millimetres; 0 where it measured nothing.</summary>
[SharedObject("cell_cam0_depth", Kind = SharedKind.Value)]
internal sealed partial record DepthImage([Shape(ColorImage.Height, ColorImage.Width)] ushort[] Millimetres);
