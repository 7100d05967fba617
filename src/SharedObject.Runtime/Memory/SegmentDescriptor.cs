using System.Runtime.InteropServices;
using SharedObjects.Interop;

namespace SharedObjects.Memory;

/// <summary>
/// An open file description of a segment. Not a <c>SafeFileHandle</c>: .NET's own file APIs take a <c>flock</c> on what they
/// open, which would keep every Python writer out for as long as the handle lives.
/// </summary>
internal sealed class SegmentDescriptor : SafeHandle
{
    internal SegmentDescriptor(int descriptor)
        : base(-1, ownsHandle: true) => SetHandle(descriptor);

    public override bool IsInvalid => handle < 0;

    /// <summary>The descriptor's number, for calls inside the handle's gate, or between DangerousAddRef and DangerousRelease.</summary>
    internal int Number => (int)handle;

    protected override bool ReleaseHandle() => Posix.Close((int)handle) >= 0;
}
