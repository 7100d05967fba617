using System;
using System.Threading;
using SharedObjects.Bridging.Metering;
using SharedObjects.Objects;
using SharedObjects.Wire;

namespace SharedObjects.Bridging.Receiving;

/// <summary>An object that comes from another host: a slot for its newest value, until that is in its segment here.</summary>
/// <remarks>What can be set is under <see cref="Gate"/>.</remarks>
internal sealed class ReceivedObject(string name, int maxSize) : IDisposable
{
    internal string Name => name;

    internal int MaxSize => maxSize;

    internal Lock Gate { get; } = new();

    internal Traffic Traffic { get; } = new();

    /// <summary>The segment; null as long as there is none.</summary>
    internal RawObject? Raw { get; set; }

    /// <summary>Whether this bridge has made it, and may so make it anew, or remove it.</summary>
    internal bool IsOurs { get; set; }

    /// <summary>The bridge that the values come from; 0 if none has come.</summary>
    internal ulong Origin { get; set; }

    /// <summary>Whether <see cref="Origin"/> has said that it publishes the object no more, so that another one may.</summary>
    internal bool IsReleased { get; set; }

    /// <summary>The number of the last message of <see cref="Origin"/>.</summary>
    internal ulong Sequence { get; set; }

    /// <summary>The stamp that the value which is here, or is about to be, had at its origin.</summary>
    internal ulong Mtime { get; set; }

    /// <summary>Whether the broker had kept that value from before we subscribed.</summary>
    internal bool IsStored { get; set; }

    /// <summary>Whether that value is in its segment, or need not be.</summary>
    internal bool IsHere { get; set; }

    /// <summary>The stamp that it got here; 0 if none was written.</summary>
    internal ulong Stamp { get; set; }

    /// <summary>The layout of the last value, and its hash.</summary>
    internal ObjectLayout? Layout { get; set; }

    internal ulong LayoutHash { get; set; }

    /// <summary>
    /// Whether other bytes than the fixed ones can make a value of that layout a wrong one: counts of lists and sets, the front of a dynamic object.
    /// </summary>
    internal bool MustParse { get; set; }

    /// <summary>The newest value, where it could not be written at once.</summary>
    internal ReadOnlyMemory<byte>? Pending { get; set; }

    /// <summary>Whether a retry is planned.</summary>
    internal bool IsRetrying { get; set; }

    internal int Tries { get; set; }

    internal string? Problem { get; set; }

    public void Dispose()
    {
        lock (Gate)
        {
            Raw?.Dispose();
            Raw = null;
            Pending = null;
        }
    }
}
