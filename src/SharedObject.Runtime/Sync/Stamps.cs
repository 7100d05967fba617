using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using SharedObjects.Interop;
using SharedObjects.Memory;
using SharedObjects.Wire;

namespace SharedObjects.Sync;

/// <summary>
/// The words of a segment by which peers tell each other of writes, and the steps of the protocol on them: mtime at the front, which
/// every peer writes, and the trailer's, where there is one. docs/protocol.md has the rules that the comments name.
/// </summary>
/// <remarks>
/// It is Lamport's register with two stamps (1977). A writer stores mtime, then the data, then commit; a reader loads commit, then the
/// data, then mtime, and has a whole value if both are the same. Plain Python peers store mtime and the data, but no commit:
/// until somebody has made up for it under the lock (healed it), their values are read under the lock.
/// </remarks>
internal sealed unsafe partial class Stamps
{
    // Copies up to here are ordinary stores: .NET hands over to the C library beyond 2 KiB (Buffer.Memmove), on some systems later.
    private const int LargestOrderedCopy = 1024;

    private readonly Mapping? _mapping; // keeps the words below alive
    private readonly ulong* _mtime;
    private readonly byte* _trailer;
    private readonly CodecContext _context;
    private readonly bool _hasOrderedCopies;
    private ulong _checkedStamp;

    private Stamps(Mapping mapping, in CodecContext context, int trailerOffset)
    {
        _mapping = mapping;
        _mtime = (ulong*)mapping.DangerousAddressOf(ObjectHeader.StampOffset);
        _trailer = trailerOffset > 0 ? mapping.DangerousAddressOf(trailerOffset) : null;
        _context = context;
        BufferSize = context.Layout.BufferSize;
        _hasOrderedCopies = BufferSize <= LargestOrderedCopy && context.Layout.Value.Tag != WireTag.Dynamic; // whose values are of any size
    }

    // A word of zeros for good: "nothing to see" without a test of its own.
    private Stamps() => _mtime = (ulong*)NativeMemory.AllocZeroed(sizeof(ulong));

    /// <summary>The stamps of no segment: nothing can be read by them.</summary>
    internal static Stamps None { get; } = new();

    internal Mapping Mapping => _mapping!;

    internal bool HasTrailer => _trailer is not null;

    /// <summary>The name and the layout of the object in this segment.</summary>
    internal ref readonly CodecContext Context => ref _context;

    /// <summary>The size of the object in bytes; 0 of no segment.</summary>
    internal int BufferSize { get; }

    /// <summary>The stamp of the last value whose fixed parts (dict keys and the like) were found to be the layout's.</summary>
    internal ulong CheckedStamp
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _checkedStamp);
        set
        {
            if (Volatile.Read(ref _checkedStamp) != value)
            {
                Volatile.Write(ref _checkedStamp, value); // only then: readers on several threads share the cache line
            }
        }
    }

    /// <summary>The mtime word as it stands now. 0 says nothing, except under the lock.</summary>
    internal ulong Mtime
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            ulong stamp = Volatile.Read(ref *_mtime);
            GC.KeepAlive(this);
            return stamp;
        }
    }

    /// <summary>The stamp of a C# write that has begun and not ended, or 0.</summary>
    internal ulong Writing
    {
        get
        {
            ulong stamp = HasTrailer ? Volatile.Read(ref Word(TrailerArea.WritingOffset)) : 0;
            GC.KeepAlive(this);
            return stamp;
        }
    }

    /// <summary>Whether there is a whole value that can be read without the lock, as far as two loads can tell.</summary>
    internal bool IsCommitted => BeginRead() is var commit and not 0 && commit == Mtime;

    /// <summary>
    /// The object's bytes: to be read between <see cref="BeginRead"/> and <see cref="EndRead"/>, or under the lock. The span does not
    /// keep the mapping alive.
    /// </summary>
    internal Span<byte> DangerousBytes => new(_mtime, BufferSize);

    /// <summary>The stamps of a mapped segment.</summary>
    /// <param name="mapping">The segment.</param>
    /// <param name="context">The object in it; a trailer behind it is used if it is of this version.</param>
    internal static Stamps Of(Mapping mapping, in CodecContext context)
    {
        int bufferSize = context.Layout.BufferSize;
        return new(mapping, context, TrailerArea.IsAfter(mapping.DangerousBytes, bufferSize) ? TrailerArea.OffsetFor(bufferSize) : 0);
    }

    /// <summary>Reading, rules 1 to 5: copies bytes out without a lock.</summary>
    /// <param name="offset">Where the bytes begin in the object.</param>
    /// <param name="destination">Where they go. If the copy is not accepted, its contents mean nothing.</param>
    /// <param name="stamp">The stamp of the value that was copied.</param>
    /// <returns>False if a write came between, or the last writer has left no commit.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryCopy(int offset, Span<byte> destination, out ulong stamp)
    {
        stamp = BeginRead();
        if (stamp == 0)
        {
            return false;
        }

        new ReadOnlySpan<byte>((byte*)_mtime + offset, destination.Length).CopyTo(destination);
        return EndRead(stamp);
    }

    /// <summary>Rule 1: the stamp to read under; 0 if what is there can't be read without the lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong BeginRead() => _trailer is null ? 0 : Volatile.Read(ref Word(TrailerArea.CommitOffset));

    /// <summary>Rules 3 to 5: whether all that was read since <see cref="BeginRead"/> was one whole value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool EndRead(ulong stamp)
    {
        Volatile.ReadBarrier();
        bool accepted = Volatile.Read(ref *_mtime) == stamp;
        GC.KeepAlive(this);
        return accepted;
    }

    /// <summary>
    /// Makes up for the commit that the last writer has not stored, so that later reads need no lock. The caller holds the lock, has
    /// found <see cref="Writing"/> to be 0 (or repaired), and may write the mapping.
    /// </summary>
    /// <returns>Whether there was something to make up for.</returns>
    internal bool Heal(ulong mtime)
    {
        bool isMissing = mtime != 0 && Volatile.Read(ref Word(TrailerArea.CommitOffset)) != mtime;
        if (isMissing)
        {
            Volatile.Write(ref Word(TrailerArea.CommitOffset), mtime);
        }

        GC.KeepAlive(this);
        return isMissing;
    }

    /// <summary>Declares that the torn value is whole again. The caller holds the lock and may write the mapping.</summary>
    internal void EndTorn()
    {
        Volatile.Write(ref Word(TrailerArea.WritingOffset), 0);
        GC.KeepAlive(this);
    }

    /// <summary>Writing, rules 1 to 3: what is stored from now on is not part of the old value. The caller holds the writer's lock.</summary>
    /// <param name="now">The time, by the clock of stamps.</param>
    /// <returns>The stamp of the write, for <see cref="EndWrite"/>.</returns>
    internal ulong BeginWrite(ulong now)
    {
        ulong stamp = NextStamp(now);
        Volatile.Write(ref *_mtime, stamp);
        if (HasTrailer)
        {
            Volatile.Write(ref Word(TrailerArea.WritingOffset), stamp); // after mtime: the model finds what goes wrong otherwise
            FenceStores();
        }

        GC.KeepAlive(this);
        return stamp;
    }

    /// <summary>Writing, rules 3 to 5: the data is complete.</summary>
    internal void EndWrite(ulong stamp)
    {
        if (HasTrailer)
        {
            FenceStores();
            Volatile.Write(ref Word(TrailerArea.WritingOffset), 0);
            Volatile.Write(ref Word(TrailerArea.CommitOffset), stamp);
            Wake();
        }

        GC.KeepAlive(this);
    }

    /// <summary>A new stamp for the value that is there. The caller holds the writer's lock.</summary>
    /// <param name="now">The time, by the clock of stamps.</param>
    internal void Trigger(ulong now)
    {
        ulong stamp = NextStamp(now);
        Volatile.Write(ref *_mtime, stamp);
        if (HasTrailer)
        {
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref Word(TrailerArea.WritingOffset)) == 0)
            {
                Volatile.Write(ref Word(TrailerArea.CommitOffset), stamp); // a torn value stays torn
            }

            Wake();
        }

        GC.KeepAlive(this);
    }

    // Writing, rule 1. Unique among all stamps in use: a reader takes two that are equal for the same write.
    private ulong NextStamp(ulong now)
    {
        ulong previous = *_mtime;
        return HasTrailer
            ? StampClock.Next(now, [previous, *(ulong*)(_trailer + TrailerArea.CommitOffset), *(ulong*)(_trailer + TrailerArea.WritingOffset)])
            : StampClock.Next(now, [previous]);
    }

    private void Wake()
    {
        ref int wake = ref *(int*)(_trailer + TrailerArea.WakeOffset);
        // A locked instruction is a full fence: the count of waiters must not be read before the new word can be seen.
        Interlocked.Increment(ref wake);
        if (Volatile.Read(ref *(int*)(_trailer + TrailerArea.WaitersOffset)) != 0)
        {
            Posix.FutexWakeAll((int*)(_trailer + TrailerArea.WakeOffset));
        }
    }

    /// <summary>Orders the stores of the data with those of the words around it.</summary>
    private void FenceStores()
    {
        // Larger copies are the C library's, which may use non-temporal stores: those overtake what was stored before them.
        if (_hasOrderedCopies)
        {
            Volatile.WriteBarrier();
        }
        else
        {
            Interlocked.MemoryBarrier();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ulong Word(int offset) => ref *(ulong*)(_trailer + offset);
}
