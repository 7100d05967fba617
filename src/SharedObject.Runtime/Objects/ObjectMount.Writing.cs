using SharedObjects.Internals;
using SharedObjects.Interop;

namespace SharedObjects.Objects;

/// <content>Writing, under the writer's lock.</content>
internal sealed partial class ObjectMount
{
    private const ulong LongestUnchecked = 100_000; // ns

    private ulong _sizeChecked; // when, by the clock of stamps; used under the lock

    /// <summary>Begins a write: until <see cref="EndWrite"/>, what is in the object counts as torn.</summary>
    /// <returns>The stamp of the new value.</returns>
    /// <exception cref="SharedFormatException">A peer has truncated the segment.</exception>
    internal ulong BeginWrite() => Stamps.BeginWrite(CheckSizeNowAndThen());

    /// <summary>Ends a write: the value is whole, and seen by this handle. Whoever waits for it is woken.</summary>
    internal void EndWrite(ulong stamp)
    {
        Stamps.EndWrite(stamp);
        Seen = stamp;
        _counts.Writes++;
    }

    /// <summary>Gives the value that is there a new stamp, which this handle has not seen.</summary>
    /// <exception cref="SharedFormatException">A peer has truncated the segment.</exception>
    internal void Trigger()
    {
        Stamps.Trigger(CheckSizeNowAndThen());
        _counts.Writes++;
    }

    /// <summary>
    /// Checks the size, unless that was done a moment ago: it is a system call, and a write has no other but its lock. Who writes less often
    /// than ten thousand times a second has it checked each time; who writes faster pays next to nothing.
    /// </summary>
    /// <returns>The time of the write's stamp.</returns>
    private ulong CheckSizeNowAndThen()
    {
        ulong now = Posix.Now();
        if (now - _sizeChecked > LongestUnchecked) // also where the clock was set back
        {
            CheckSize();
            _sizeChecked = now;
            now = Posix.Now(); // a stamp says when the value was stored, not when the check of the size began
        }

        return now;
    }

    /// <summary>
    /// Notices that a peer has truncated the segment, before memory is touched that is no longer there, which would end the process. The
    /// caller holds the lock; who truncates without it can't be kept from doing so in the next moment.
    /// </summary>
    private void CheckSize()
    {
        int needed = Stamps.Mapping.Size;
        if (Posix.Size(_segment.Descriptor.Number) is var size && size < needed)
        {
            throw Error.Truncated(Name, size, needed);
        }
    }
}
