using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SharedObjects.Hosting.Tests.Support;
using SharedObjects.Tests.Support;

namespace SharedObjects.Hosting.Tests;

/// <summary>Watchers: values handed on while the host runs.</summary>
public sealed class WatcherTests : HostTest
{
    [Fact]
    public async Task A_Python_producer_may_start_later_and_again()
    {
        string name = Name();
        var seen = new Seen<long>();
        IHost host = await StartAsync(builder => builder.Services
            .AddSingleton(seen)
            .AddSharedObjectWatcher(name, SharedObject.OpenAsync<long>, static (value, services, _) => services.GetRequiredService<Seen<long>>().AddAsync(value)));
        Until(() => Log.Count(name, SharedObjectEventIds.WaitingForProducer) == 1);
        Assert.Equal(0, Log.Count(name, SharedObjectEventIds.Watching));

        using (var producer = new PythonPeer())
        {
            producer.Open("a", name, 1L);
            Until(() => seen.Last == 1);
            producer.Assign("a", 2L);
            Until(() => seen.Last == 2);
            producer.Kill();
        }

        SharedObject.Unlink(name); // as the resource tracker of the one that was killed does, sooner or later
        using (var again = new PythonPeer())
        {
            again.Open("a", name, 3L);
            Until(() => seen.Last == 3);
            again.Assign("a", 4L);
            Until(() => seen.Last == 4);
        }

        await host.StopAsync();
        Assert.Equal(1, Log.Count(name, SharedObjectEventIds.Watching));
        Assert.Equal(1, Log.Count(name, SharedObjectEventIds.Remounted));
        Assert.Equal(0, Log.Count(name, SharedObjectEventIds.WatchFailed));
    }

    [Fact]
    public async Task Schemas_and_arrays_are_watched_from_the_value_that_is_there()
    {
        using SharedObject<ArmState> arm = ArmState.Publish(Name("arm"), new ArmState(1, [1, 2, 3]));
        using SharedArray<ushort> depth = SharedArray<ushort>.Publish(Name("depth"), [1, 2, 3, 4], [2, 2]);
        var arms = new Seen<long>();
        var depths = new Seen<ushort>();
        await StartAsync(builder => builder.Services
            .AddSharedObjectWatcher(Name("arm"), ArmState.OpenAsync, (state, _, _) => arms.AddAsync(state.Timestamp))
            .AddSharedObjectWatcher(Name("depth"), SharedArray<ushort>.OpenAsync, (image, _, _) => depths.AddAsync(image[1, 1])));
        Until(() => arms.Last == 1 && depths.Last == 4);
        arm.Assign(new ArmState(2, [1, 2, 3]));
        depth.Assign([5, 6, 7, 8]);
        Until(() => arms.Last == 2 && depths.Last == 8);
        Assert.Equal([1L, 2], arms.All);
    }

    [Fact]
    public async Task A_dynamic_object_is_injected_and_watched_whatever_it_becomes()
    {
        using SharedDynamicObject plan = SharedDynamicObject.Create(Name(), "first");
        var seen = new Seen<object?>();
        IHost host = await StartAsync(builder => builder.Services
            .AddSharedObject(Name(), static (name, options) => SharedDynamicObject.Open(name, options))
            .AddSharedObjectWatcher(Name(), SharedDynamicObject.OpenAsync, (value, _, _) => seen.AddAsync(value)));
        Until(() => "first".Equals(seen.Last));
        Assert.Equal("first", host.Services.GetRequiredService<SharedDynamicObject>().Fetch());
        plan.Assign(new byte[200_000]);
        Until(() => seen.Last is byte[] { Length: 200_000 });

        // And whoever makes it anew.
        SharedObject.Unlink(Name());
        using SharedDynamicObject again = SharedDynamicObject.Create(Name(), 7L);
        Until(() => 7L.Equals(seen.Last));
    }

    [Fact]
    public async Task A_trigger_is_told_once_each_time_and_only_from_now_on()
    {
        using SharedTrigger trigger = SharedTrigger.OpenOrCreate(Name()).Trigger();
        var seen = new Seen<int>();
        var silences = new Seen<TimeSpan>();
        await StartAsync(builder => builder.Services.AddSharedObjectWatcher(
            Name(),
            SharedTrigger.OpenAsync,
            (_, _) => seen.AddAsync(seen.All.Length + 1),
            new SharedWatchOptions { MaxSilence = TimeSpan.FromMilliseconds(20), OnSilence = silence => silences.AddAsync(silence) }));
        Until(() => Log.Count(Name(), SharedObjectEventIds.Silent) == 1);
        Assert.Equal(0, seen.Last);
        trigger.Trigger();
        Until(() => seen.Last == 1 && Log.Count(Name(), SharedObjectEventIds.Silent) == 2);
        trigger.Trigger();
        Until(() => seen.Last == 2);
        Assert.All(silences.All, silence => Assert.Equal(TimeSpan.FromMilliseconds(20), silence));
    }

    [Fact]
    public async Task Silence_is_logged_once_and_its_end_too()
    {
        using SharedObject<double> speed = SharedObject.Publish(Name(), 1.5);
        var seen = new Seen<double>();
        IHost host = await StartAsync(builder =>
        {
            builder.Services.AddHealthChecks().AddSharedObject(Name());
            builder.Services.AddSharedObjectWatcher(
                Name(),
                SharedObject.OpenAsync<double>,
                (value, _, _) => seen.AddAsync(value),
                new SharedWatchOptions { StartWithCurrent = true, MaxSilence = TimeSpan.FromMilliseconds(50) });
        });
        Until(() => Log.Count(Name(), SharedObjectEventIds.Silent) == 1);
        HealthReportEntry silent = await CheckAsync(host, Name());
        Assert.Equal(HealthStatus.Degraded, silent.Status);
        Assert.Contains("No new value", silent.Description, StringComparison.Ordinal);
        speed.Assign(2.5);
        Until(() => Log.Count(Name(), SharedObjectEventIds.Resumed) == 1);
        Until(() => Log.Count(Name(), SharedObjectEventIds.Silent) == 2);
        Assert.Equal([1.5, 2.5], seen.All);
    }

    [Fact]
    public async Task An_object_of_another_type_is_an_error_until_its_producer_makes_it_right()
    {
        string name = Name();
        var seen = new Seen<double>();
        SharedObject.Publish(name, "no number").Dispose();
        IHost host = await StartAsync(builder =>
        {
            builder.Services.AddHealthChecks().AddSharedObject(name);
            builder.Services.AddSharedObjectWatcher(name, SharedObject.OpenAsync<double>, (value, _, _) => seen.AddAsync(value));
        });
        Until(() => Log.Count(name, SharedObjectEventIds.WatchFailed) == 1);
        LogLine line = Log.Of(name).Single(line => line.EventId == SharedObjectEventIds.WatchFailed);
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.IsType<SharedSchemaException>(line.Exception);
        HealthReportEntry failed = await CheckAsync(host, name);
        Assert.Equal(HealthStatus.Unhealthy, failed.Status);
        Assert.IsType<SharedSchemaException>(failed.Exception);

        SharedObject.Unlink(name);
        using SharedObject<double> right = SharedObject.Publish(name, 1.5);
        Until(() => seen.Last == 1.5);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host, name)).Status);

        // And the same with one that is open.
        right.Unlink();
        SharedObject.Publish(name, "no number again").Dispose();
        Until(() => Log.Count(name, SharedObjectEventIds.WatchFailed) == 2);
        SharedObject.Unlink(name);
        using SharedObject<double> again = SharedObject.Publish(name, 2.5);
        Until(() => seen.Last == 2.5);
        Assert.Equal([1.5, 2.5], seen.All);
        Assert.Equal(2, Log.Count(name, SharedObjectEventIds.Resumed));
    }

    [Fact]
    public async Task What_a_handler_throws_ends_the_host()
    {
        using SharedObject<double> speed = SharedObject.Publish(Name(), 1.5);
        IHost host = await StartAsync(builder => builder.Services
            .AddSharedObjectWatcher(Name(), SharedObject.OpenAsync<double>, static (_, _, _) => throw new InvalidTimeZoneException()));
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        Until(() => lifetime.ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task A_handler_that_is_always_behind_ends_with_the_host()
    {
        using SharedObject<long> counter = SharedObject.Publish(Name(), 0L);
        var seen = new Seen<long>();
        IHost host = await StartAsync(builder => builder.Services.AddSharedObjectWatcher(
            Name(),
            SharedObject.OpenAsync<long>,
            (value, _, _) =>
            {
                counter.Assign(value + 1); // there is always news
                return seen.AddAsync(value);
            }));
        Until(() => seen.Last > 100);
        await host.StopAsync();
        long last = seen.Last;
        Assert.Equal(last + 1, counter.Fetch());
    }

    private sealed class Seen<T>
    {
        private readonly ConcurrentQueue<T> _values = new();

        internal T? Last => _values.LastOrDefault();

        internal T[] All => [.. _values];

        internal Task AddAsync(T value)
        {
            _values.Enqueue(value);
            return Task.CompletedTask;
        }
    }
}
