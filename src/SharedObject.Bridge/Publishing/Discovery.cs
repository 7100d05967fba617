using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using SharedObjects.Bridging.Logging;
using SharedObjects.Bridging.Settings;
using SharedObjects.Interop;
using SharedObjects.Memory;
using SharedObjects.Objects;
using SharedObjects.Waiting;

namespace SharedObjects.Bridging.Publishing;

/// <summary>Finds the objects that are to be published, and notices those that have gone: looks into /dev/shm when told that something was made there, and now and then.</summary>
internal sealed class Discovery(BridgeSettings settings, Publisher publisher, Complaints complaints, ILogger logger) : IDisposable
{
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_shortStep = TimeSpan.FromMilliseconds(20); // for what is being made just now

    // A producer that is restarted makes its objects anew within that time, and they are not removed for it.
    private const long Grace = 5000 * MonotonicClock.Millisecond;

    private readonly SemaphoreSlim _news = new(0, 1);
    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal);

    /// <summary>The objects that match and can't be published, and why.</summary>
    internal IReadOnlyDictionary<string, string> Problems => _problems;

    /// <summary>Raised when objects were found.</summary>
    internal event Action? Found;

    internal async Task RunAsync(CancellationToken cancellation)
    {
        if (settings.Publish.Length == 0)
        {
            await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        using FileSystemWatcher? watcher = TryWatch();
        while (!cancellation.IsCancellationRequested)
        {
            bool soon = Look();
            await ((Task)_news.WaitAsync(soon ? s_shortStep : s_step, cancellation)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _news.Dispose();

    /// <returns>Whether to look again soon.</returns>
    private bool Look()
    {
        long now = MonotonicClock.Now;
        bool soon = false, found = false;
        HashSet<string> there = new(StringComparer.Ordinal);
        foreach (string name in SegmentName.All())
        {
            if (!settings.Publishes(name))
            {
                continue;
            }

            there.Add(name);
            if (settings.SubscribesTo(name))
            {
                if (_problems.TryAdd(name, "it matches patterns of Publish and of Subscribe, and crosses in neither direction. Make those of one side narrower"))
                {
                    Log.BothDirections(logger, name);
                }
            }
            else if (!publisher.Has(name))
            {
                bool? opened = TryAdd(name);
                found |= opened == true;
                soon |= opened is null;
            }
        }

        foreach (string gone in _problems.Keys.Where(name => !there.Contains(name)))
        {
            _problems.TryRemove(gone, out _);
        }

        foreach (PublishedObject item in publisher.All)
        {
            item.GoneSince = there.Contains(item.Name) ? 0 : item.GoneSince == 0 ? now : item.GoneSince;
            if (item.GoneSince != 0 && now - item.GoneSince > Grace)
            {
                publisher.Remove(item);
            }
        }

        if (found)
        {
            Found?.Invoke();
        }

        return soon;
    }

    /// <returns>Null if it is being made, or locked.</returns>
    private bool? TryAdd(string name)
    {
        try
        {
            if (Open(name) is not { } raw)
            {
                return null;
            }

            publisher.Add(name, raw);
            _problems.TryRemove(name, out _);
            return true;
        }
        catch (Exception e) when (e is SharedFormatException or SharedNameException)
        {
            // There are other things in /dev/shm: semaphores, say.
        }
        catch (SharedObjectException e)
        {
            Complain(name, e.Message.TrimEnd('.'));
        }

        return false;
    }

    private void Complain(string name, string problem)
    {
        _problems[name] = problem;
        complaints.Say(name, problem, () => Log.NotPublished(logger, name, problem));
    }

    private static RawObject? Open(string name)
    {
        try
        {
            return RawObject.TryOpen(name, SharedObjectOptions.Default);
        }
        catch (SharedSystemException e) when (e.ErrorNumber is Errno.EACCES or Errno.EPERM)
        {
            return RawObject.TryOpen(name, SharedObjectOptions.Default with { ReadOnly = true });
        }
    }

    private FileSystemWatcher? TryWatch()
    {
        try
        {
            var watcher = new FileSystemWatcher(SegmentName.Directory) { NotifyFilter = NotifyFilters.FileName };
            watcher.Created += (_, _) => LookNow();
            watcher.Renamed += (_, _) => LookNow();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (IOException)
        {
            return null; // no more watches to be had: then once a second
        }
    }

    private void LookNow()
    {
        try
        {
            _news.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // It is about to look, or has ended.
        }
    }
}
