using System;
using SharedObjects.Tests.Support;

namespace SharedObjects.Bridging.Tests.Lab;

/// <summary>The base of tests in a lab: names, a watchdog, and nothing left, neither segments nor processes.</summary>
[Collection(nameof(LabCollection))]
public abstract class LabTest : SegmentTest
{
    private NetworkLab? _lab;

    /// <summary>The test's lab, which is made when it is first asked for.</summary>
    internal NetworkLab Lab => _lab ??= new NetworkLab();

    internal LabHost A => Lab.A;

    internal LabHost B => Lab.B;

    /// <summary>Makes it with a small <c>/dev/shm</c> on the far side.</summary>
    internal void MakeLab(string shmOfB) => _lab = new NetworkLab(shmOfB);

    /// <summary>A Python process on a host.</summary>
    internal PythonPeer PythonOn(LabHost host) => Lab.Keep(new PythonPeer(Namespaces.Enter(host.Id)));

    public override void Dispose()
    {
        _lab?.Dispose();
        _lab = null;
        base.Dispose();
        GC.SuppressFinalize(this);
    }
}
