using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Objects;

namespace SharedObjects.Waiting;

/// <summary>Where asynchronous waits are kept: a thread for every 127 objects that are awaited, and none where none is.</summary>
internal static class WaitHub
{
    private static readonly List<WaitShard> Shards = [];

    /// <summary>Guards all shards and entries. What is done under it takes microseconds, and never waits.</summary>
    internal static Lock Gate { get; } = new();

    /// <summary>Has a task completed when an object has another stamp than the given one, or needs to be looked after.</summary>
    internal static void Add(ObjectMount mount, TaskCompletionSource source, ulong after)
    {
        lock (Gate)
        {
            long now = MonotonicClock.Now;
            WaitEntry entry = mount.WaitEntry ??= new WaitEntry(mount);
            entry.Add(source, after, now);
            (entry.Shard ?? ShardWithRoom()).Add(entry, now);
        }
    }

    /// <summary>
    /// Has somebody called for each stamp of an object after the given one, and when it needs to be looked after, until the handle is disposed.
    /// One for each handle. It is called on the thread that has noticed, by which others are waited for, too: it must be done within
    /// microseconds, must not fail, and is for those to whom the hop to another thread is too long.
    /// </summary>
    internal static void Listen(ObjectMount mount, Action listener, ulong after)
    {
        lock (Gate)
        {
            long now = MonotonicClock.Now;
            WaitEntry entry = mount.WaitEntry ??= new WaitEntry(mount);
            entry.Listen(listener, after, now);
            (entry.Shard ?? ShardWithRoom()).Add(entry, now);
        }
    }

    /// <summary>An object was looked after: it may have another segment now.</summary>
    internal static void LookAgain(ObjectMount mount)
    {
        lock (Gate)
        {
            mount.WaitEntry?.Shard?.Wake();
        }
    }

    /// <summary>Ends a wait; nothing happens if it was answered.</summary>
    internal static void Remove(ObjectMount mount, TaskCompletionSource source)
    {
        lock (Gate)
        {
            mount.WaitEntry?.Remove(source, MonotonicClock.Now);
        }
    }

    /// <summary>The handle is disposed: all who wait for it are answered now.</summary>
    internal static void End(ObjectMount mount)
    {
        lock (Gate)
        {
            if (mount.WaitEntry is { Shard: { } shard } entry)
            {
                shard.Look(entry, MonotonicClock.Now);
            }
        }
    }

    private static WaitShard ShardWithRoom()
    {
        foreach (WaitShard shard in Shards)
        {
            if (shard.HasRoom)
            {
                return shard;
            }
        }

        var added = new WaitShard();
        Shards.Add(added);
        return added;
    }
}
