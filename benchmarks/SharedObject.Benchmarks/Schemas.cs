using System.Numerics;

namespace SharedObjects.Benchmarks;

/// <summary>The "64 B" of the figures: a bare ndarray of eight doubles, 90 bytes with header and shape.</summary>
[SharedObject("bench_joints", Kind = SharedKind.Value)]
internal readonly partial record struct Joints([Shape(8)] double[] Values);

/// <summary>
/// The same, for handles that always lock: were they of one type, the compiler would take the lock for as likely as not, and lay out
/// the code of both for that.
/// </summary>
[SharedObject("bench_joints_locked", Kind = SharedKind.Value)]
internal readonly partial record struct LockedJoints([Shape(8)] double[] Values);

/// <summary>64 bytes without an array: a bare float32 ndarray of shape (4, 4), transposed on the way.</summary>
[SharedObject("bench_transform", Kind = SharedKind.Value)]
internal readonly partial record struct Transform(Matrix4x4 Value);

/// <summary>64 bytes as a dict of eight numbers: each key takes 118 bytes of the object, Python's default capacity.</summary>
[SharedObject("bench_record")]
internal readonly partial record struct Record(double A, double B, double C, double D, double E, double F, double G, double H);
