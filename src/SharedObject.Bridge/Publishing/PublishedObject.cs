using System;
using System.Threading;
using System.Threading.Tasks;
using MQTTnet.Packets;
using SharedObjects.Bridging.Metering;
using SharedObjects.Bridging.Settings;
using SharedObjects.Objects;
using SharedObjects.Waiting;
using SharedObjects.Wire;

namespace SharedObjects.Bridging.Publishing;

/// <summary>An object of this host whose values go out: a slot for its newest value, which stays where it is until its turn.</summary>
/// <remarks>What can be set is under the publisher's gate, but for what the lane's one sender keeps for itself.</remarks>
internal sealed class PublishedObject(string name, RawObject raw, BridgeSettings settings, SendLane lane) : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ulong _firstStamp = raw.Stamp;
    private int _isFollowing;

    internal string Name => name;

    internal RawObject Raw => raw;

    internal int MaxSize { get; } = settings.MaxSizeOf(name);

    internal long Interval { get; } = MonotonicClock.Nanoseconds(settings.IntervalOf(name));

    internal bool IsCompressed { get; } = settings.Compresses(name);

    internal Traffic Traffic { get; } = new();

    internal FlightWindow Window { get; } = new();

    /// <summary>Ends with the object here.</summary>
    internal CancellationToken Ended => _end.Token;

    internal SendLane Lane { get; set; } = lane;

    /// <summary>Whether it goes out no more: its name is gone.</summary>
    internal bool IsRemoved { get; set; }

    /// <summary>Whether it is in the lane's queue, to be sent: a place there that it has left behind does not count.</summary>
    internal bool IsQueued { get; set; }

    /// <summary>Whether there is something to be sent.</summary>
    internal bool IsDirty { get; set; }

    /// <summary>Whether what is to be sent is a value that has come just now, and not one that is sent again.</summary>
    internal bool IsFresh { get; set; }

    /// <summary>The earliest time for its next value, of the monotonic clock.</summary>
    internal long NotBefore { get; set; }

    /// <summary>Whether the lane's timer will look at it.</summary>
    internal bool IsScheduled { get; set; }

    /// <summary>How many times in a row its lock was not free.</summary>
    internal int LockedTries { get; set; }

    /// <summary>When to send the newest value again, if somebody who takes it has not confirmed it.</summary>
    internal long ResendAt { get; set; }

    internal long ResendDelay { get; set; }

    /// <summary>The version of the table of peers that its receivers are of.</summary>
    internal int PeersVersion { get; set; } = -1;

    /// <summary>The bridge that publishes the object, too; 0 if none does.</summary>
    internal ulong Rival { get; set; }

    /// <summary>A bridge that has published the object, and of which it is not known yet whether it is there; 0 if there is none.</summary>
    internal ulong Suspect { get; set; }

    /// <summary>Whether the rival has it, and not we.</summary>
    internal bool HasYielded { get; set; }

    /// <summary>What there is to be said of the rival.</summary>
    internal string? Conflict { get; set; }

    /// <summary>Since when its name is gone, of the monotonic clock; 0 if it is there.</summary>
    internal long GoneSince { get; set; }

    /// <summary>The layout of what was sent last, and the property with its hash.</summary>
    internal ObjectLayout? Layout { get; set; }

    internal MqttUserProperty? LayoutProperty { get; set; }

    internal int Size { get; set; } = raw.Layout.BufferSize;

    /// <summary>How long values have taken of late, in nanoseconds; 0 if it is not known.</summary>
    internal double Latency { get; set; }

    internal string? Problem { get; set; }

    /// <summary>Calls back with each value that is newer than this object, until it ends here.</summary>
    /// <param name="changed">Is called on the thread that has noticed the value; others are noticed by it, too.</param>
    /// <param name="observe">Takes the tasks that nobody awaits.</param>
    internal void Watch(Action<PublishedObject> changed, Action<Task> observe)
    {
        raw.Listen(
            _firstStamp,
            () => changed(this),
            () =>
            {
                if (Interlocked.Exchange(ref _isFollowing, 1) == 0)
                {
                    observe(Task.Run(FollowAsync));
                }
            });
    }

    public void Dispose()
    {
        _end.Cancel();
        raw.Dispose();
    }

    private async Task FollowAsync()
    {
        try
        {
            raw.Follow();
        }
        catch (ObjectDisposedException)
        {
            return;
        }
        catch (SharedObjectException e)
        {
            Problem = e.Message; // what has the name now is no object: perhaps the next one is
            await Task.Delay(TimeSpan.FromSeconds(1), Ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Volatile.Write(ref _isFollowing, 0);
    }
}
