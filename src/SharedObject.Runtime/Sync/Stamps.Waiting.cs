using System;
using System.Threading;
using SharedObjects.Wire;

namespace SharedObjects.Sync;

/// <content>Waiting (docs/protocol.md, "Waiting"): the word that writers count up, and the count of those who sleep on it.</content>
internal sealed unsafe partial class Stamps
{
    /// <summary>
    /// Whether writers can be told that somebody waits. If not (there is no trailer, or it may not be written), nobody wakes the waiter,
    /// and it has to look now and then.
    /// </summary>
    internal bool CanBeAwaited => HasTrailer && Mapping.IsWritable;

    /// <summary>How many writes of peers that know the trailer there have been. To be read before the stamp that is waited for.</summary>
    internal int Wakes
    {
        get
        {
            int wakes = Volatile.Read(ref *DangerousWakeWord);
            GC.KeepAlive(this);
            return wakes;
        }
    }

    /// <summary>The word to sleep on. The caller keeps this object alive meanwhile, and has asked <see cref="CanBeAwaited"/>.</summary>
    internal int* DangerousWakeWord => (int*)(_trailer + TrailerArea.WakeOffset);

    /// <summary>
    /// Counts a waiter in. A full fence: whoever looks for news from now on sees it, or is woken by its writer.
    /// </summary>
    internal void EnterWait()
    {
        Interlocked.Increment(ref *(int*)(_trailer + TrailerArea.WaitersOffset));
        GC.KeepAlive(this);
    }

    /// <summary>Counts a waiter out.</summary>
    internal void LeaveWait()
    {
        Interlocked.Decrement(ref *(int*)(_trailer + TrailerArea.WaitersOffset));
        GC.KeepAlive(this);
    }
}
