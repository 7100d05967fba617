using System;
using System.Globalization;
using System.Numerics;

namespace SharedObjects;

/// <summary>
/// A rigid transform: a rotation, then a translation. It is what SAPIEN calls <c>Pose</c> and what the wire calls pose.
/// </summary>
/// <param name="Position">The translation, in the units of the application (metres, as a rule).</param>
/// <param name="Rotation">The rotation, a unit quaternion. Nothing is normalised behind the user's back; see <see cref="Normalized"/>.</param>
/// <remarks>
/// Read <c>a_T_b</c> as "where b is, seen from a": then <c>a_T_b * b_T_c</c> is <c>a_T_c</c>, and
/// <c>a_T_b.Transform(point in b)</c> is that point in a. All numbers are 32-bit floats, as on the wire, where the
/// quaternion's order is w x y z.
/// </remarks>
public readonly record struct Pose(Vector3 Position, Quaternion Rotation)
{
    /// <summary>A pose from its seven numbers, in the wire's order.</summary>
    /// <param name="x">The position's x.</param>
    /// <param name="y">The position's y.</param>
    /// <param name="z">The position's z.</param>
    /// <param name="qw">The quaternion's w (scalar part).</param>
    /// <param name="qx">The quaternion's x.</param>
    /// <param name="qy">The quaternion's y.</param>
    /// <param name="qz">The quaternion's z.</param>
    public Pose(float x, float y, float z, float qw, float qx, float qy, float qz)
        : this(new Vector3(x, y, z), new Quaternion(qx, qy, qz, qw))
    {
    }

    /// <summary>A translation without a rotation.</summary>
    /// <param name="position">The translation.</param>
    public Pose(Vector3 position)
        : this(position, Quaternion.Identity)
    {
    }

    /// <summary>The transform that changes nothing.</summary>
    public static Pose Identity => new(Vector3.Zero, Quaternion.Identity);

    /// <summary>The transform that undoes this one; the rotation must be a unit quaternion.</summary>
    public Pose Inverse
    {
        get
        {
            Quaternion back = Quaternion.Conjugate(Rotation);
            return new Pose(Vector3.Transform(-Position, back), back);
        }
    }

    /// <summary>The same pose with a quaternion of length 1.</summary>
    public Pose Normalized => this with { Rotation = Quaternion.Normalize(Rotation) };

    /// <summary>First <paramref name="right"/>, then <paramref name="left"/>: <c>a_T_b * b_T_c</c> is <c>a_T_c</c>.</summary>
    /// <param name="left">The outer transform.</param>
    /// <param name="right">The inner transform.</param>
    public static Pose operator *(Pose left, Pose right) =>
        new(left.Position + Vector3.Transform(right.Position, left.Rotation), left.Rotation * right.Rotation);

    /// <summary>The pose of a 4x4 transform without scale or shear.</summary>
    /// <param name="matrix">The transform, in the convention of <see cref="Matrix4x4"/>: row vectors, translation in the last row.</param>
    public static Pose FromMatrix4x4(Matrix4x4 matrix) => new(matrix.Translation, Quaternion.CreateFromRotationMatrix(matrix));

    /// <summary>A pose between two others: the position on the straight line, the rotation on the shortest arc.</summary>
    /// <param name="from">The pose at 0.</param>
    /// <param name="to">The pose at 1.</param>
    /// <param name="amount">How far, from 0 to 1.</param>
    public static Pose Interpolate(Pose from, Pose to, float amount) =>
        new(Vector3.Lerp(from.Position, to.Position, amount), Quaternion.Slerp(from.Rotation, to.Rotation, amount));

    /// <summary>The other way to write <c>this * inner</c>.</summary>
    /// <param name="inner">The transform that comes first.</param>
    public Pose Compose(Pose inner) => this * inner;

    /// <summary>A point of the inner frame, seen from the outer one.</summary>
    /// <param name="point">The point.</param>
    public Vector3 Transform(Vector3 point) => Position + Vector3.Transform(point, Rotation);

    /// <summary>A direction of the inner frame, seen from the outer one: rotated, not moved.</summary>
    /// <param name="direction">The direction.</param>
    public Vector3 TransformDirection(Vector3 direction) => Vector3.Transform(direction, Rotation);

    /// <summary>The transform as a matrix, in the convention of <see cref="Matrix4x4"/>: row vectors, translation in the last row.</summary>
    /// <remarks>numpy's column-vector form is its transpose.</remarks>
    public Matrix4x4 ToMatrix4x4() => Matrix4x4.CreateFromQuaternion(Rotation) with { Translation = Position };

    /// <summary>The angle between the two rotations, in radians from 0 to pi.</summary>
    /// <param name="other">The other pose.</param>
    public float AngleTo(Pose other)
    {
        // Twice the arc tangent keeps its accuracy for small angles, where an arc cosine of nearly 1 has none left.
        Quaternion between = Quaternion.Conjugate(Rotation) * other.Rotation;
        return 2 * MathF.Atan2(new Vector3(between.X, between.Y, between.Z).Length(), MathF.Abs(between.W));
    }

    /// <summary>The distance between the two positions.</summary>
    /// <param name="other">The other pose.</param>
    public float DistanceTo(Pose other) => Vector3.Distance(Position, other.Position);

    /// <summary>The pose as SAPIEN prints it: position, then quaternion w x y z.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Pose([{Position.X}, {Position.Y}, {Position.Z}], [{Rotation.W}, {Rotation.X}, {Rotation.Y}, {Rotation.Z}])");
}
