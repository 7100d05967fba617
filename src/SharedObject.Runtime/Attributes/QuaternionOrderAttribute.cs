using System;

namespace SharedObjects;

/// <summary>
/// The order of the four numbers of a <see cref="System.Numerics.Quaternion"/> member in its ndarray of shape (4,).
/// Python libraries disagree (scipy and ROS write x y z w; SAPIEN and MuJoCo w x y z), so the schema says it.
/// </summary>
/// <param name="order">The order on the wire.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class QuaternionOrderAttribute(QuaternionOrder order) : Attribute
{
    /// <summary>The order on the wire.</summary>
    public QuaternionOrder Order { get; } = order;
}
