namespace SharedObjects.Hosting.Tests.Support;

/// <summary>A schema, as users write them.</summary>
[SharedObject("so-test-hosting-arm")]
public readonly partial record struct ArmState(long Timestamp, [Shape(3)] double[] Qpos);

/// <summary>A group of objects.</summary>
[SharedObjectGroup("so-test-hosting-robot")]
public partial record Robot(double Gripper, Pose Tcp);
