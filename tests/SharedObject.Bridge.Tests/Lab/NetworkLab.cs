using System;
using System.Collections.Generic;
using System.Globalization;

namespace SharedObjects.Bridging.Tests.Lab;

/// <summary>
/// Computers in one: two hosts with a <c>/dev/shm</c> each, one for the broker, one for links that can be spoiled. Addresses are those of
/// network namespaces, which nothing but the lab can reach.
/// </summary>
/// <remarks>
/// <code>
///              10.77.1.0/24
///       a (.2) ------------- (.1) broker (.1) ------------- (.2) b        10.77.2.0/24
///        |                         | (.1)                       |
///        | 10.77.3.0/24            | 10.77.5.0/24               | 10.77.4.0/24
///        (.2)                      (.2)                         (.2)
///        +----------------- (.1) wire (.1) -----------------+
/// </code>
/// </remarks>
internal sealed class NetworkLab : IDisposable
{
    internal const string BrokerFromA = "10.77.1.1", BrokerFromB = "10.77.2.1", BrokerFromWire = "10.77.5.1", WireFromA = "10.77.3.1", WireFromB = "10.77.4.1";

    private readonly LabProcess _first;
    private readonly List<IDisposable> _parts = [];

    /// <summary>Makes it.</summary>
    /// <param name="shmOfB">How much <see cref="B"/>'s <c>/dev/shm</c> can hold, as mount(8) takes it.</param>
    internal NetworkLab(string shmOfB = "256m")
    {
        _first = new LabProcess(Namespaces.Make(), "sh", "-c", "echo ready && exec cat").Hear("ready");
        A = Add("a", "256m");
        B = Add("b", shmOfB);
        BrokerHost = Add("broker", "1m");
        WireHost = Add("wire", "1m");
        Join(BrokerHost, A, 1);
        Join(BrokerHost, B, 2);
        Join(WireHost, A, 3);
        Join(WireHost, B, 4);
        Join(BrokerHost, WireHost, 5);
    }

    internal LabHost A { get; }

    internal LabHost B { get; }

    internal LabHost BrokerHost { get; }

    internal LabHost WireHost { get; }

    /// <summary>Takes a host's cable to the broker out, or puts it in again: packets are lost, and nobody is told.</summary>
    internal void Plug(LabHost host, bool isIn) =>
        LabProcess.Run(Namespaces.EnterNetwork(host.Id), "ip", "link", "set", "dev", BrokerHost.Name, isIn ? "up" : "down");

    /// <summary>Keeps something that ends before the lab does.</summary>
    internal T Keep<T>(T part)
        where T : IDisposable
    {
        _parts.Add(part);
        return part;
    }

    public void Dispose()
    {
        _parts.Reverse();
        _parts.ForEach(static part => part.Dispose());
        _first.Dispose();
    }

    private LabHost Add(string name, string shmSize) => Keep(new LabHost(_first.Id, name, shmSize));

    /// <summary>A cable: each end is called as the host at the other.</summary>
    private static void Join(LabHost one, LabHost other, int network)
    {
        string prefix = string.Create(CultureInfo.InvariantCulture, $"10.77.{network}.");
        LabProcess.Run(
            Namespaces.EnterNetwork(one.Id), "sh", "-c",
            "ip link add name $0 type veth peer name $1 netns $2 && ip addr add $3 dev $0 && ip link set dev $0 up",
            other.Name, one.Name, other.Id.ToString(CultureInfo.InvariantCulture), prefix + "1/24");
        LabProcess.Run(
            Namespaces.EnterNetwork(other.Id), "sh", "-c", "ip addr add $1 dev $0 && ip link set dev $0 up", one.Name, prefix + "2/24");
    }
}
