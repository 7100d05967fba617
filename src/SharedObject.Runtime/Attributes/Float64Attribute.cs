using System;

namespace SharedObjects;

/// <summary>
/// Makes a <see cref="System.Numerics.Vector3"/>, <see cref="System.Numerics.Quaternion"/> or
/// <see cref="System.Numerics.Matrix4x4"/> member a float64 ndarray on the wire (numpy's default) instead of float32.
/// Values are rounded to float32 when they are read.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class Float64Attribute : Attribute;
