using System;
using System.Numerics;

namespace SharedObjects.Tests.Values;

/// <summary>Poses against numbers worked out by hand.</summary>
public sealed class PoseTests
{
    private const float Tolerance = 1e-6f;
    private static readonly float Half = MathF.Sqrt(0.5f);

    // A quarter turn to the left about z: x becomes y, y becomes -x.
    private static readonly Pose QuarterAboutZ = new(1, 2, 3, Half, 0, 0, Half);

    // A quarter turn about x: y becomes z, z becomes -y.
    private static readonly Pose QuarterAboutX = new(0, 0, 1, Half, Half, 0, 0);

    [Fact]
    public void A_pose_takes_its_numbers_in_the_order_of_the_wire()
    {
        var pose = new Pose(1, 2, 3, 4, 5, 6, 7);
        Assert.Equal(new Vector3(1, 2, 3), pose.Position);
        Assert.Equal(new Quaternion(5, 6, 7, 4), pose.Rotation);
        Assert.Equal("Pose([1, 2, 3], [4, 5, 6, 7])", pose.ToString());
        Assert.Equal(Quaternion.Identity, new Pose(new Vector3(1, 2, 3)).Rotation);
    }

    [Fact]
    public void A_point_is_rotated_and_then_moved()
    {
        AssertNear(new Vector3(1, 3, 3), QuarterAboutZ.Transform(new Vector3(1, 0, 0)));
        AssertNear(new Vector3(0, 2, 3), QuarterAboutZ.Transform(new Vector3(0, 1, 0)));
        AssertNear(new Vector3(0, 1, 0), QuarterAboutZ.TransformDirection(new Vector3(1, 0, 0)));
        AssertNear(new Vector3(0, 0, 2), QuarterAboutX.Transform(new Vector3(0, 1, 0)));
    }

    [Fact]
    public void The_inner_pose_of_a_product_comes_first()
    {
        Pose product = QuarterAboutZ * QuarterAboutX;
        AssertNear(new Vector3(1, 2, 4), product.Position); // (0, 0, 1) is on the axis of the outer turn
        // (0, 1, 0) is (0, 0, 2) after the inner one, and (1, 2, 5) after the outer one.
        AssertNear(new Vector3(1, 2, 5), product.Transform(new Vector3(0, 1, 0)));
        AssertNear(product, QuarterAboutZ.Compose(QuarterAboutX));

        Pose other = QuarterAboutX * QuarterAboutZ;
        AssertNear(new Vector3(1, -3, 3), other.Position); // (1, 2, 3) turned about x is (1, -3, 2)
        AssertNear(new Vector3(1, -3, 4), other.Transform(new Vector3(1, 0, 0)));

        // By hand, (w, x, y, z): (h, 0, 0, h)(h, h, 0, 0) = (h², h², h², h²).
        AssertNear(new Quaternion(0.5f, 0.5f, 0.5f, 0.5f), product.Rotation);
        AssertNear(new Quaternion(0.5f, -0.5f, 0.5f, 0.5f), other.Rotation);
    }

    [Fact]
    public void A_product_does_to_a_point_what_its_factors_do_one_after_the_other()
    {
        var random = new Random(1);
        for (int i = 0; i < 1000; i++)
        {
            Pose a = RandomPose(random), b = RandomPose(random), c = RandomPose(random);
            var point = new Vector3(random.NextSingle(), random.NextSingle(), random.NextSingle());
            AssertNear(a.Transform(b.Transform(point)), (a * b).Transform(point), 1e-5f);
            AssertNear(((a * b) * c).Position, (a * (b * c)).Position, 1e-5f);
        }
    }

    [Fact]
    public void The_inverse_takes_back_what_the_pose_did()
    {
        // Back by (1, 2, 3), then a quarter turn to the right: (-1, -2, -3) becomes (-2, 1, -3).
        AssertNear(new Vector3(-2, 1, -3), QuarterAboutZ.Inverse.Position);
        AssertNear(new Quaternion(0, 0, -Half, Half), QuarterAboutZ.Inverse.Rotation);
        AssertNear(new Vector3(1, 0, 0), QuarterAboutZ.Inverse.Transform(new Vector3(1, 3, 3)));
        var random = new Random(2);
        for (int i = 0; i < 1000; i++)
        {
            Pose pose = RandomPose(random);
            AssertNear(Pose.Identity, pose * pose.Inverse, 1e-5f);
            AssertNear(Pose.Identity, pose.Inverse * pose, 1e-5f);
        }
    }

    [Fact]
    public void The_identity_changes_nothing()
    {
        Assert.Equal(new Pose(0, 0, 0, 1, 0, 0, 0), Pose.Identity);
        AssertNear(QuarterAboutZ, Pose.Identity * QuarterAboutZ);
        AssertNear(QuarterAboutZ, QuarterAboutZ * Pose.Identity);
        Assert.Equal(new Vector3(1, 2, 3), Pose.Identity.Transform(new Vector3(1, 2, 3)));
        Assert.Equal(default, new Pose().Rotation); // the default is not the identity: it has no rotation at all
    }

    [Fact]
    public void The_matrix_is_the_transpose_of_numpys()
    {
        // numpy, column vectors: [[0, -1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]].
        var expected = new Matrix4x4(
            0, 1, 0, 0,
            -1, 0, 0, 0,
            0, 0, 1, 0,
            1, 2, 3, 1);
        Matrix4x4 matrix = QuarterAboutZ.ToMatrix4x4();
        for (int row = 0; row < 4; row++)
        {
            for (int column = 0; column < 4; column++)
            {
                Assert.Equal(expected[row, column], matrix[row, column], Tolerance);
            }
        }

        AssertNear(new Vector3(1, 3, 3), Vector3.Transform(new Vector3(1, 0, 0), matrix));
        AssertNear(QuarterAboutZ, Pose.FromMatrix4x4(expected));
    }

    [Fact]
    public void A_pose_comes_back_from_its_matrix_and_products_agree()
    {
        var random = new Random(3);
        for (int i = 0; i < 1000; i++)
        {
            Pose a = RandomPose(random), b = RandomPose(random);
            AssertNear(a, Pose.FromMatrix4x4(a.ToMatrix4x4()), 1e-5f);
            // Row vectors: the inner transform stands on the left.
            AssertNear(a * b, Pose.FromMatrix4x4(b.ToMatrix4x4() * a.ToMatrix4x4()), 1e-5f);
        }
    }

    [Fact]
    public void Normalised_has_a_quaternion_of_length_1_and_nothing_else_does_it_secretly()
    {
        var pose = new Pose(1, 2, 3, 0, 0, 0, 2);
        Assert.Equal(2, pose.Rotation.Length());
        AssertNear(new Pose(1, 2, 3, 0, 0, 0, 1), pose.Normalized);
    }

    [Fact]
    public void Angles_and_distances()
    {
        Assert.Equal(MathF.PI / 2, Pose.Identity.AngleTo(QuarterAboutZ), Tolerance);
        Assert.Equal(0, QuarterAboutZ.AngleTo(QuarterAboutZ), 1e-3f);
        Pose negated = QuarterAboutZ with { Rotation = -QuarterAboutZ.Rotation };
        Assert.Equal(0, QuarterAboutZ.AngleTo(negated), 1e-3f); // the same rotation
        Assert.Equal(MathF.PI, Pose.Identity.AngleTo(new Pose(0, 0, 0, 0, 1, 0, 0)), Tolerance);
        // An arc cosine would say 0 here.
        Pose tiny = new(Vector3.Zero, Quaternion.CreateFromAxisAngle(Vector3.UnitY, 1e-5f));
        Assert.Equal(1e-5f, Pose.Identity.AngleTo(tiny), 1e-8f);
        Assert.Equal(MathF.Sqrt(14), Pose.Identity.DistanceTo(QuarterAboutZ), Tolerance);
    }

    [Fact]
    public void Between_two_poses_is_half_way_on_the_shortest_arc()
    {
        Pose middle = Pose.Interpolate(Pose.Identity, QuarterAboutZ, 0.5f);
        AssertNear(new Vector3(0.5f, 1, 1.5f), middle.Position);
        Assert.Equal(MathF.PI / 4, Pose.Identity.AngleTo(middle), Tolerance);
        AssertNear(Pose.Identity, Pose.Interpolate(Pose.Identity, QuarterAboutZ, 0));
        AssertNear(QuarterAboutZ, Pose.Interpolate(Pose.Identity, QuarterAboutZ, 1));
        Pose negated = QuarterAboutZ with { Rotation = -QuarterAboutZ.Rotation };
        Assert.Equal(MathF.PI / 4, Pose.Identity.AngleTo(Pose.Interpolate(Pose.Identity, negated, 0.5f)), Tolerance);
    }

    private static Pose RandomPose(Random random)
    {
        float Next() => (2 * random.NextSingle()) - 1;
        return new Pose(new Vector3(Next(), Next(), Next()), Quaternion.Normalize(new Quaternion(Next(), Next(), Next(), Next())));
    }

    private static void AssertNear(Vector3 expected, Vector3 actual, float tolerance = Tolerance) =>
        Assert.True(Vector3.Distance(expected, actual) <= tolerance, $"expected {expected}, found {actual}");

    private static void AssertNear(Quaternion expected, Quaternion actual, float tolerance = Tolerance)
    {
        // A quaternion and its negative are the same rotation.
        float distance = Math.Min((expected - actual).Length(), (expected + actual).Length());
        Assert.True(distance <= tolerance, $"expected {expected}, found {actual}");
    }

    private static void AssertNear(Pose expected, Pose actual, float tolerance = Tolerance)
    {
        AssertNear(expected.Position, actual.Position, tolerance);
        AssertNear(expected.Rotation, actual.Rotation, tolerance);
    }
}
