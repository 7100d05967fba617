using System.Globalization;

namespace SharedObjects.Bridging.Tests.Lab;

/// <summary>A link to the broker that can be spoiled while it is in use: tests/SharedObject.Bridge.Peer, which has the details.</summary>
internal sealed class LabLink
{
    private readonly LabProcess _process;

    /// <summary>Lays it.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="port">Where it listens on the host for links.</param>
    /// <param name="target">The port on the broker's host to which it leads.</param>
    internal LabLink(NetworkLab lab, int port, int target = LabBroker.Port)
    {
        _process = lab.WireHost.Start(Programs.Peer(
            "link", string.Create(CultureInfo.InvariantCulture, $"0.0.0.0:{port}"), string.Create(CultureInfo.InvariantCulture, $"{NetworkLab.BrokerFromWire}:{target}")))
            .Hear("ready");
        Port = port;
    }

    internal int Port { get; }

    internal void Delay(double ms, double jitterMs = 0) => Do(string.Create(CultureInfo.InvariantCulture, $"delay {ms} {jitterMs}"));

    /// <summary>0 for no limit.</summary>
    internal void Rate(double bytesPerSecond) => Do(string.Create(CultureInfo.InvariantCulture, $"rate {bytesPerSecond}"));

    internal void Loss(double percent, double stallMs) => Do(string.Create(CultureInfo.InvariantCulture, $"loss {percent} {stallMs}"));

    internal void Stall() => Do("stall");

    internal void Go() => Do("go");

    internal void Reset() => Do("reset");

    internal void Refuse() => Do("refuse");

    internal void Accept() => Do("accept");

    /// <summary>Bytes that have passed, to the broker and from it.</summary>
    internal (long There, long Back) Bytes
    {
        get
        {
            string[] words = _process.Ask("count").Split(' ');
            return (long.Parse(words[1], CultureInfo.InvariantCulture), long.Parse(words[2], CultureInfo.InvariantCulture));
        }
    }

    private void Do(string line) => Assert.Equal("done", _process.Ask(line));
}
