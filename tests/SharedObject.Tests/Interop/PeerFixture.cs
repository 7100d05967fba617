using System;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Interop;

/// <summary>One Python process for all tests of a class: starting one takes longer than what a test asks of it.</summary>
public sealed class PeerFixture : IDisposable
{
    internal PythonPeer Peer { get; } = new();

    public void Dispose() => Peer.Dispose();
}
