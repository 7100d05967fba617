using System;
using System.Collections.Generic;
using System.Diagnostics.Metrics;
using System.Threading;
using SharedObjects.Interop;
using SharedObjects.Objects;

namespace SharedObjects.Metering;

/// <summary>Adds up what all handles of the process have counted, when somebody listens to the meter.</summary>
internal static class MountMeter
{
    private const double NanosecondsPerSecond = 1e9;

    // A process may open ever new names; beyond these, what ended handles have counted is kept as one sum.
    private const int MaxEndedNames = 10_000; // a megabyte or two
    private const string OtherNames = "(others)";

    private static readonly Lock Gate = new();
    private static readonly List<Member> Members = [];
    private static readonly Dictionary<string, MountCounts> Ended = []; // counts never go back when a handle ends
    private static readonly Meter Meter = MakeMeter();

    /// <summary>Takes a handle's counts into account from now on.</summary>
    internal static void Add(ObjectMount mount)
    {
        lock (Gate)
        {
            if (Members.Count == Members.Capacity)
            {
                CollectEnded(); // as often as the list would have to grow
            }

            Members.Add(new Member(mount.Name, mount.Counts, new WeakReference<ObjectMount>(mount)));
        }
    }

    private static Meter MakeMeter()
    {
        var meter = new Meter(SharedObjectMetrics.MeterName);
        Count(meter, SharedObjectMetrics.Writes, "{write}", "Writes of this process", static counts => counts.Writes);
        Count(meter, SharedObjectMetrics.LockedReads, "{read}", "Reads under the lock", static counts => counts.LockedReads);
        Count(meter, SharedObjectMetrics.LockWaits, "{wait}", "Locks that were not to be had at once", static counts => counts.LockWaits);
        Count(meter, SharedObjectMetrics.Retries, "{retry}", "Reads without a lock that were tried again", static counts => counts.Retries);
        Count(meter, SharedObjectMetrics.Heals, "{value}", "Values of plain Python writers made readable without a lock", static counts => counts.Heals);
        Count(meter, SharedObjectMetrics.Remounts, "{move}", "Moves to a new segment of the same name", static counts => counts.Remounts);
        meter.CreateObservableGauge(SharedObjectMetrics.ValueAge, Ages, "s", "Age of the value");
        return meter;
    }

    private static void Count(Meter meter, string name, string unit, string description, Func<MountCounts, long> count) =>
        meter.CreateObservableCounter(name, () => Totals(count), unit, description);

    private static List<Measurement<long>> Totals(Func<MountCounts, long> count)
    {
        var totals = new Dictionary<string, MountCounts>();
        lock (Gate)
        {
            CollectEnded();
            foreach ((string name, MountCounts counts) in Ended)
            {
                Of(totals, name).Add(counts);
            }

            foreach (Member member in Members)
            {
                Of(totals, member.Name).Add(member.Counts);
            }
        }

        var measurements = new List<Measurement<long>>(totals.Count);
        foreach ((string name, MountCounts counts) in totals)
        {
            measurements.Add(new(count(counts), Tag(name)));
        }

        return measurements;
    }

    private static List<Measurement<double>> Ages()
    {
        var stamps = new Dictionary<string, ulong>();
        lock (Gate)
        {
            foreach (Member member in Members)
            {
                if (member.Mount.TryGetTarget(out ObjectMount? mount) && mount.Watched.Mtime is var stamp and not 0)
                {
                    stamps[member.Name] = stamp;
                }
            }
        }

        ulong now = Posix.Now();
        var measurements = new List<Measurement<double>>(stamps.Count);
        foreach ((string name, ulong stamp) in stamps)
        {
            measurements.Add(new((long)(now - stamp) / NanosecondsPerSecond, Tag(name)));
        }

        return measurements;
    }

    private static void CollectEnded()
    {
        for (int i = Members.Count - 1; i >= 0; i--)
        {
            if (!Members[i].Mount.TryGetTarget(out ObjectMount? mount) || mount.IsDisposed)
            {
                string name = Members[i].Name;
                Of(Ended, Ended.Count < MaxEndedNames || Ended.ContainsKey(name) ? name : OtherNames).Add(Members[i].Counts);
                Members.RemoveAt(i);
            }
        }
    }

    private static MountCounts Of(Dictionary<string, MountCounts> totals, string name)
    {
        if (!totals.TryGetValue(name, out MountCounts? counts))
        {
            totals.Add(name, counts = new MountCounts());
        }

        return counts;
    }

    private static KeyValuePair<string, object?> Tag(string name) => new(SharedObjectMetrics.ObjectTag, name);

    private readonly record struct Member(string Name, MountCounts Counts, WeakReference<ObjectMount> Mount);
}
