using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Linq;

namespace SharedObjects.Bridging.Peers;

/// <summary>The other bridges that are there. Changed by the thread that reads the swift lane; read by any.</summary>
internal sealed class PeerTable
{
    // A prefix has tens of them; the rest would be somebody who makes them up.
    private const int MaxPeers = 1000;

    private volatile ImmutableDictionary<ulong, Peer> _all = ImmutableDictionary<ulong, Peer>.Empty;

    /// <summary>Grows with each change.</summary>
    internal int Version { get; private set; }

    internal IEnumerable<Peer> All => _all.Values;

    internal bool TryGet(ulong origin, [MaybeNullWhen(false)] out Peer peer) => _all.TryGetValue(origin, out peer);

    /// <returns>False if there are too many.</returns>
    internal bool Set(Peer peer)
    {
        if (_all.Count >= MaxPeers && !_all.ContainsKey(peer.Origin))
        {
            return false;
        }

        _all = _all.SetItem(peer.Origin, peer);
        Version++;
        return true;
    }

    /// <returns>The peer that has gone; null if it was not known.</returns>
    internal Peer? Remove(ulong origin)
    {
        if (!_all.TryGetValue(origin, out Peer? peer))
        {
            return null;
        }

        _all = _all.Remove(origin);
        Version++;
        return peer;
    }

    /// <summary>Of a connection that was lost: who is there is told anew by the next.</summary>
    internal void Clear()
    {
        _all = _all.Clear();
        Version++;
    }

    /// <summary>Those who take in an object.</summary>
    internal Peer[] ReceiversOf(string name, int size) => [.. _all.Values.Where(peer => peer.Takes(name, size))];
}
