namespace SharedObjects.Samples.RobotCell.Schemas;

/// <summary>The camera's colour image: rows of pixels of red, green and blue.</summary>
[SharedObject("cell_cam0_color", Kind = SharedKind.Value)]
internal sealed partial record ColorImage([Shape(ColorImage.Height, ColorImage.Width, 3)] byte[] Pixels)
{
    public const int Height = 480;
    public const int Width = 848;
}
