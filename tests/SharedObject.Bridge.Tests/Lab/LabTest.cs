using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading;
using SharedObjects.Tests.Support;

namespace SharedObjects.Bridging.Tests.Lab;

/// <summary>The base of tests in a lab: names, a watchdog, and nothing left, neither segments nor processes.</summary>
[Collection(nameof(LabCollection))]
public abstract class LabTest : SegmentTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30); // a guard, as in LabProcess

    private readonly List<LabBridge> _bridges = [];
    private NetworkLab? _lab;
    private DirectoryInfo? _folder;

    /// <summary>The test's lab, which is made when it is first asked for.</summary>
    internal NetworkLab Lab => _lab ??= new NetworkLab();

    /// <summary>A folder for this test's files.</summary>
    internal string Folder => (_folder ??= Directory.CreateTempSubdirectory("so-lab-")).FullName;

    internal LabHost A => Lab.A;

    internal LabHost B => Lab.B;

    /// <summary>Makes it with a small <c>/dev/shm</c> on the far side.</summary>
    internal void MakeLab(string shmOfB) => _lab = new NetworkLab(shmOfB);

    /// <summary>A Python process on a host.</summary>
    internal PythonPeer PythonOn(LabHost host) => Lab.Keep(new PythonPeer(Namespaces.Enter(host.Id)));

    /// <summary>A bridge on <see cref="A"/>, with a straight way to the broker.</summary>
    internal LabBridge BridgeOnA(params string[] arguments) => Bridge(A, LabBridge.Address(NetworkLab.BrokerFromA), arguments);

    /// <inheritdoc cref="BridgeOnA"/>
    internal LabBridge BridgeOnB(params string[] arguments) => Bridge(B, LabBridge.Address(NetworkLab.BrokerFromB), arguments);

    /// <summary>A bridge on a host.</summary>
    internal LabBridge Bridge(LabHost host, string broker, params string[] arguments)
    {
        var bridge = new LabBridge(host, broker, arguments);
        _bridges.Add(bridge);
        return bridge;
    }

    /// <summary>A writer of blocks on a host: objects as NAME:SIZE:HERTZ.</summary>
    internal static LabProcess Write(LabHost host, params string[] blocks) => host.Start(Programs.Peer(["write", .. blocks])).Hear("ready");

    /// <summary>A reader of blocks on a host.</summary>
    internal static LabProcess Read(LabHost host, params string[] names) => host.Start(Programs.Peer(["read", .. names])).Hear("ready");

    /// <summary>A file of this test, with a text in it, which goes when the test ends. Hosts of the lab see it too.</summary>
    private protected string FileOf(string label, string text)
    {
        string file = Path.Combine(Folder, label);
        File.WriteAllText(file, text);
        return file;
    }

    /// <summary>Waits for a condition; where it does not come true, the test fails with what the bridges have to say.</summary>
    protected void Until(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        long began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, $"never so: {what}\n{string.Join('\n', _bridges)}");
            Thread.Sleep(1);
        }
    }

    public override void Dispose()
    {
        _lab?.Dispose();
        _lab = null;
        _folder?.Delete(recursive: true);
        _folder = null;
        base.Dispose();
        GC.SuppressFinalize(this);
    }
}
