using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using SharedObjects.Cli.Segments;
using SharedObjects.Cli.Shell;

namespace SharedObjects.Cli.Top;

/// <summary>All objects that <c>top</c> watches: those in /dev/shm, looked for again every second.</summary>
internal sealed class Activities : IDisposable
{
    private static readonly TimeSpan s_betweenScans = TimeSpan.FromSeconds(1);

    private readonly SortedDictionary<string, ObjectActivity> _all = new(StringComparer.Ordinal);
    private long _scanned;

    internal IReadOnlyCollection<ObjectActivity> All => _all.Values;

    internal void Poll()
    {
        double seconds = Stopwatch.GetElapsedTime(_scanned).TotalSeconds;
        if (_scanned == 0 || seconds >= s_betweenScans.TotalSeconds)
        {
            _scanned = Stopwatch.GetTimestamp();
            foreach (ObjectActivity activity in _all.Values)
            {
                activity.Tick(seconds);
            }

            Scan();
        }

        foreach (ObjectActivity activity in _all.Values)
        {
            activity.Poll();
        }
    }

    public void Dispose()
    {
        foreach (ObjectActivity activity in _all.Values)
        {
            activity.Dispose();
        }
    }

    private void Scan()
    {
        HashSet<string> there = [.. SegmentDirectory.Names()];
        foreach (string gone in _all.Keys.Where(name => !there.Contains(name)).ToArray())
        {
            _all[gone].Dispose();
            _all.Remove(gone);
        }

        foreach (string name in there.Where(name => !_all.ContainsKey(name)))
        {
            if (SegmentOutline.TryRead(name, out _) is null)
            {
                continue; // not an object, or not yet
            }

            try
            {
                _all.Add(name, new ObjectActivity(name));
            }
            catch (ToolException)
            {
                // It went away between the two looks.
            }
        }
    }
}
