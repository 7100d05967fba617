using System.Collections.Generic;
using System.Linq;
using SharedObjects.Bridging.Logging;
using SharedObjects.Bridging.Peers;
using SharedObjects.Waiting;

namespace SharedObjects.Bridging.Publishing;

/// <content>Other bridges: who publishes the same object, and who comes and goes.</content>
internal sealed partial class Publisher
{
    /// <summary>Another bridge has published an object that this one publishes: one of the two goes on.</summary>
    internal void OnForeign(string name, ulong origin)
    {
        PublishedObject? item;
        Peer? peer;
        lock (_gate)
        {
            if (_ended || !_objects.TryGetValue(name, out item) || (item.HasYielded && item.Rival == origin))
            {
                return;
            }

            if (!_peers.TryGet(origin, out peer))
            {
                item.Suspect = origin; // who it is comes on the other lane
                return;
            }

            bool goesBefore = Peer.GoesBefore(peer.Rank, (_since, _origin));
            if (item.HasYielded && !goesBefore)
            {
                return; // that is for the one to settle that this one has yielded to
            }

            item.Rival = origin;
            if (goesBefore)
            {
                item.HasYielded = true;
                item.IsDirty = false;
                item.IsQueued = false;
                item.Conflict = $"host '{peer.Presence.Host}' publishes it, too, and was there before. It is not published from here as long as that is: take it out of Publish on one side";
            }
            else
            {
                item.Conflict = $"host '{peer.Presence.Host}' publishes it, too; this one was there before, and goes on. Take it out of Publish on one side";
                item.IsDirty = true; // what the other has sent is not to stay
                item.IsFresh = false;
                TryQueue(item);
            }
        }

        _complaints.Say(name, "conflict" + peer.Origin, () => Log.Conflict(_logger, name, peer.Presence.Host, item.Conflict!));
        Send(item.Lane);
    }

    /// <summary>Another bridge publishes an object no more.</summary>
    internal void OnReleased(string name, ulong origin)
    {
        PublishedObject? item;
        bool hadYielded;
        lock (_gate)
        {
            if (_ended || !_objects.TryGetValue(name, out item))
            {
                return;
            }

            item.Suspect = item.Suspect == origin ? 0 : item.Suspect;
            if (item.Rival != origin)
            {
                return;
            }

            hadYielded = item.HasYielded;
            ForgetRival(item);
            item.IsDirty = true; // also where it has not yielded: the other may have cleared what the broker keeps
            item.IsFresh = false;
            TryQueue(item);
        }

        if (hadYielded)
        {
            Log.ConflictEnded(_logger, name);
        }

        Send(item.Lane);
    }

    /// <summary>A bridge is there, or has gone.</summary>
    internal void OnPeersChanged(ulong came = 0, ulong gone = 0)
    {
        List<PublishedObject> ours = [];
        string[] contested;
        lock (_gate)
        {
            long now = MonotonicClock.Now;
            foreach (PublishedObject item in _objects.Values)
            {
                if (gone != 0 && item.Rival == gone)
                {
                    if (item.HasYielded)
                    {
                        ours.Add(item);
                        item.IsDirty = true;
                        item.IsFresh = false;
                    }

                    ForgetRival(item);
                }

                Land(item, now);
                TryQueue(item);
            }

            contested = came == 0 ? [] : [.. _objects.Values.Where(item => item.Suspect == came).Select(item => item.Name)];
        }

        foreach (PublishedObject item in ours)
        {
            Log.ConflictEnded(_logger, item.Name);
        }

        foreach (string name in contested)
        {
            OnForeign(name, came);
        }

        foreach (SendLane lane in _lanes)
        {
            Send(lane);
        }
    }

    /// <summary>The connection was lost by which one hears of other bridges: whether a rival is there still, the next one shows.</summary>
    internal void OnPeersLost()
    {
        lock (_gate)
        {
            foreach (PublishedObject item in _objects.Values)
            {
                item.IsDirty |= item.HasYielded;
                ForgetRival(item);
            }
        }

        OnPeersChanged();
    }

    private static void ForgetRival(PublishedObject item)
    {
        item.Rival = 0;
        item.Suspect = 0;
        item.HasYielded = false;
        item.Conflict = null;
    }
}
