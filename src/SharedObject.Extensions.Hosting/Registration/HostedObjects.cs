using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.Extensions.Options;
using SharedObjects.Hosting.Watching;

namespace SharedObjects.Hosting.Registration;

/// <summary>What a host knows of its objects: how to open them, which handles it has opened, and how its watchers fare.</summary>
internal sealed class HostedObjects(IOptionsMonitor<SharedObjectSettings> settings)
{
    private readonly Lock _gate = new();
    private readonly List<SharedHandle> _handles = [];
    private readonly List<WatcherStatus> _watchers = [];

    internal SharedObjectOptions OptionsOf(string name) => settings.Get(name).ToOptions();

    internal void Add(SharedHandle handle)
    {
        lock (_gate)
        {
            _handles.Add(handle);
        }
    }

    internal void Remove(SharedHandle handle)
    {
        lock (_gate)
        {
            _handles.Remove(handle);
        }
    }

    internal void Add(WatcherStatus watcher)
    {
        lock (_gate)
        {
            _watchers.Add(watcher);
        }
    }

    internal SharedHandle[] HandlesOf(string name)
    {
        lock (_gate)
        {
            return [.. _handles.Where(handle => handle.Name == name)];
        }
    }

    internal WatcherStatus[] WatchersOf(string name)
    {
        lock (_gate)
        {
            return [.. _watchers.Where(watcher => watcher.Name == name)];
        }
    }
}
