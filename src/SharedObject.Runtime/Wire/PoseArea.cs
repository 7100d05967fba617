namespace SharedObjects.Wire;

/// <summary>The data area of a pose.</summary>
/// <remarks>
/// Seven f32, the quaternion's scalar first:
/// <code>
///   0       4       8       12      16      20      24      28
///   +-------+-------+-------+-------+-------+-------+-------+
///   |   x   |   y   |   z   |  q.w  |  q.x  |  q.y  |  q.z  |
///   +-------+-------+-------+-------+-------+-------+-------+
/// </code>
/// </remarks>
public static class PoseArea
{
    /// <summary>Where the position's x is; y and z follow.</summary>
    public const int PositionOffset = 0;

    /// <summary>Where the quaternion's w is; x, y and z follow.</summary>
    public const int QuaternionOffset = 12;

    /// <summary>The size of the area in bytes.</summary>
    public const int Size = 28;
}
