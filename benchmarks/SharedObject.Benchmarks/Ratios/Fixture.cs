using System;
using System.Collections.Generic;
using System.Linq;
using SharedObjects.Benchmarks.Baselines;
using SharedObjects.Samples.RobotCell.Schemas;

namespace SharedObjects.Benchmarks.Ratios;

/// <summary>The objects that are measured on, under names of this process; they are unlinked at the end.</summary>
internal sealed class Fixture : IDisposable
{
    internal const int Height = 480;
    internal const int Width = 848;
    internal const int Channels = 3;
    internal const int ImageSize = Height * Width * Channels;

    /// <summary>Where the elements of the objects begin: 9 bytes of header, 9 + 8 for each dimension of the array's.</summary>
    internal const int JointsOffset = 9 + 9 + 8;
    internal const int ImageOffset = 9 + 9 + (8 * 3);

    private readonly List<SharedHandle> _handles = [];

    internal Fixture()
    {
        Joints joints = new([.. Enumerable.Range(0, 8).Select(i => i / 8.0)]);
        double[] seven = [.. Enumerable.Range(0, 7).Select(i => i / 7.0)];
        State = Keep(ArmState.Publish(Name("state"), new ArmState(
            1, 2, 3, "moving", true, 0.5, new Pose(new(1, 2, 3), System.Numerics.Quaternion.Identity), seven, [.. seven], [.. seven])));
        Joints = Keep(Benchmarks.Joints.Publish(Name("joints"), joints));
        JointsLocked = Keep(LockedJoints.Open(Name("joints"), new SharedObjectOptions { LockFreeReads = false }));
        Other = Keep(Benchmarks.Joints.Publish(Name("other"), joints));
        Written = Keep(Benchmarks.Joints.Publish(Name("written"), joints));
        Simulated = Keep(Benchmarks.Joints.Publish(Name("simulated"), joints));
        Record = Keep(Benchmarks.Record.Publish(Name("record"), new Record(1, 2, 3, 4, 5, 6, 7, 8)));
        Transform = Keep(Benchmarks.Transform.Publish(Name("transform"), new Transform(System.Numerics.Matrix4x4.Identity)));
        Number = Keep(SharedObject.Publish(Name("number"), 0.5));
        Image = Keep(SharedArray<byte>.OpenOrCreate(Name("image"), [Height, Width, Channels]));
        byte[] pixels = new byte[ImageSize];
        new Random(1).NextBytes(pixels);
        Image.Assign(pixels);
        SharedDict dict = new() { ["x"] = 0.5, ["y"] = 1.5, ["n"] = 7L };
        Dict = Keep(SharedObject.Create<object?>(Name("dict"), dict, new SharedObjectOptions { InitSize = 0 }));
        DynamicDict = Keep(SharedDynamicObject.Create(Name("dynamic-dict"), dict));
        NDArray megabyte = NDArray.Create<byte>(new byte[1 << 20], 1 << 20);
        Megabyte = Keep(SharedObject.Create<object?>(Name("megabyte"), megabyte));
        TypedMegabyte = Keep(SharedObject.Open<NDArray>(Megabyte.Name));
        DynamicMegabyte = Keep(SharedDynamicObject.Create(Name("dynamic-megabyte"), megabyte));
        RawJoints = new RawSegment(Joints.Name);
        RawLock = new RawSegment(Other.Name);
        RawSimulated = new RawSegment(Simulated.Name);
        RawImage = new RawSegment(Image.Name);
    }

    internal static string Prefix { get; } = $"so-bench-{Environment.ProcessId}";

    internal SharedObject<ArmState> State { get; }

    internal SharedObject<Joints> Joints { get; }

    internal SharedObject<LockedJoints> JointsLocked { get; }

    /// <summary>Another object of the same type.</summary>
    internal SharedObject<Joints> Other { get; }

    /// <summary>The one that the Python process writes.</summary>
    internal SharedObject<Joints> Written { get; }

    /// <summary>The one that is written here, as Python does.</summary>
    internal SharedObject<Joints> Simulated { get; }

    internal SharedObject<Record> Record { get; }

    internal SharedObject<Transform> Transform { get; }

    internal SharedObject<double> Number { get; }

    internal SharedArray<byte> Image { get; }

    /// <summary>A dict of three numbers, some 100 bytes on the wire, in an object whose type stays.</summary>
    internal SharedObject<object?> Dict { get; }

    internal SharedDynamicObject DynamicDict { get; }

    internal SharedObject<object?> Megabyte { get; }

    internal SharedObject<NDArray> TypedMegabyte { get; }

    internal SharedDynamicObject DynamicMegabyte { get; }

    internal RawSegment RawJoints { get; }

    internal RawSegment RawLock { get; }

    internal RawSegment RawSimulated { get; }

    internal RawSegment RawImage { get; }

    internal static string Name(string what) => $"{Prefix}-{what}";

    public void Dispose()
    {
        RawJoints.Dispose();
        RawLock.Dispose();
        RawSimulated.Dispose();
        RawImage.Dispose();
        foreach (SharedHandle handle in _handles)
        {
            handle.Unlink();
            handle.Dispose();
        }
    }

    private T Keep<T>(T handle)
        where T : SharedHandle
    {
        _handles.Add(handle);
        return handle;
    }
}
