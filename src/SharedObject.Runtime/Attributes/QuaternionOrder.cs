namespace SharedObjects;

/// <summary>The order of a quaternion's four numbers in an ndarray.</summary>
public enum QuaternionOrder
{
    /// <summary>x, y, z, w: the order of <see cref="System.Numerics.Quaternion"/>'s own fields, scipy and ROS.</summary>
    Xyzw,

    /// <summary>w, x, y, z: the order of SAPIEN, MuJoCo and of the wire's <c>Pose</c>.</summary>
    Wxyz,
}
