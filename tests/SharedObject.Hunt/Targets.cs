using System;
using System.Collections.Generic;
using SharedObjects.Wire;

namespace SharedObjects.Hunt;

/// <summary>What came of a read.</summary>
internal enum ReadOutcome
{
    /// <summary>A value whose words all belong to one sequence.</summary>
    Whole,

    /// <summary>A value that was handed out, and is a mixture: what is hunted.</summary>
    Mixed,

    /// <summary>The library said that the value is torn.</summary>
    ReportedTorn,

    /// <summary>A Try form returned false, or the lock was not to be had.</summary>
    NotInTime,
}

/// <summary>What came of a write.</summary>
internal enum WriteOutcome
{
    /// <summary>The value is in the object.</summary>
    Written,

    /// <summary>The object was triggered.</summary>
    Triggered,

    /// <summary>An update refused to change a torn value.</summary>
    Refused,

    /// <summary>An update threw half-way.</summary>
    Threw,

    /// <summary>The lock was not to be had.</summary>
    NotInTime,
}

/// <summary>One handle of an object, and all that can be done with it.</summary>
internal abstract class Target : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    protected Target(ObjectPlan plan, SharedHandle handle)
    {
        Plan = plan;
        Handle = handle;
    }

    internal ObjectPlan Plan { get; }

    internal SharedHandle Handle { get; }

    /// <summary>The handles of an object: two or three kinds for an array, one for a state.</summary>
    internal static IReadOnlyList<Target> Open(ObjectPlan plan, SharedObjectOptions options) => plan.Kind switch
    {
        ObjectKind.Small => [StateTarget<SmallState>(plan, SmallState.Codec, options)],
        ObjectKind.Large => [StateTarget<LargeState>(plan, LargeState.Codec, options)],
        _ =>
        [
            new ArrayTarget(plan, SharedArray<ulong>.Open(plan.Name, options)),
            new TypedTarget<ulong[]>(plan, SharedObject.Open<ulong[]>(plan.Name, options), sequence => Words(plan, sequence), IsWhole),
            new TypedTarget<NDArray>(
                plan, SharedObject.Open<NDArray>(plan.Name, options), sequence => NDArray.Create<ulong>(Words(plan, sequence), plan.WordCount), IsWhole),
        ],
    };

    internal ReadOutcome Read(ref Randomness random, out ulong sequence)
    {
        sequence = 0;
        try
        {
            // Asking must never disturb what is read.
            bool asked = random.Next(4) == 0 && (random.Next(2) == 0 ? Handle.Modified : Handle.Triggered);
            return Read(random.Next(16), s_patience, out sequence) switch
            {
                null => ReadOutcome.NotInTime,
                true => ReadOutcome.Whole,
                false => ReadOutcome.Mixed,
            };
        }
        catch (SharedTornException)
        {
            return ReadOutcome.ReportedTorn;
        }
        catch (SharedLockTimeoutException)
        {
            return ReadOutcome.NotInTime;
        }
    }

    internal WriteOutcome Write(ref Randomness random, ulong sequence)
    {
        try
        {
            return Write(random.Next(40), sequence, 1 + random.Next(Plan.Regions[^1].Count));
        }
        catch (SharedTornException)
        {
            return WriteOutcome.Refused;
        }
        catch (SharedLockTimeoutException)
        {
            return WriteOutcome.NotInTime;
        }
        catch (UpdateGaveUpException)
        {
            return WriteOutcome.Threw;
        }
    }

    /// <summary>A whole assign.</summary>
    internal abstract void Assign(ulong sequence);

    /// <summary>A read in one of the ways there are.</summary>
    /// <returns>Whether the value is whole; null if a Try form returned false.</returns>
    protected abstract bool? Read(int way, TimeSpan patience, out ulong sequence);

    /// <summary>An update; throws <see cref="UpdateGaveUpException"/> after some words if told to.</summary>
    protected abstract void Update(ulong sequence, int? giveUpAfter);

    protected abstract void Trigger();

    protected static bool IsWhole(in ulong[] words, out ulong sequence)
    {
        sequence = Pattern.SequenceOf(words[0]);
        return Pattern.Is(words, sequence);
    }

    private static bool IsWhole(in NDArray array, out ulong sequence)
    {
        sequence = Pattern.SequenceOf(BitConverter.ToUInt64(array.Bytes));
        return Pattern.Is(array.Bytes, sequence, 0);
    }

    private static ulong[] Words(ObjectPlan plan, ulong sequence)
    {
        ulong[] words = new ulong[plan.WordCount];
        Pattern.Fill(words, sequence);
        return words;
    }

    private static TypedTarget<T> StateTarget<T>(ObjectPlan plan, SharedCodec<T> codec, SharedObjectOptions options)
        where T : IHuntState<T> => new(plan, SharedObject.Open(plan.Name, codec, options), T.Make, T.IsWhole);

    private WriteOutcome Write(int way, ulong sequence, int giveUpAfter)
    {
        switch (way)
        {
            case < 22:
                Assign(sequence);
                return WriteOutcome.Written;
            case < 34:
                Update(sequence, giveUpAfter: null);
                return WriteOutcome.Written;
            case < 38:
                Trigger();
                return WriteOutcome.Triggered;
            default:
                Update(sequence, giveUpAfter);
                throw new InvalidOperationException("an update that throws came to its end");
        }
    }

    public void Dispose() => Handle.Dispose();
}

/// <summary>What an update throws that is meant to.</summary>
internal sealed class UpdateGaveUpException : Exception;

/// <summary>A <see cref="SharedArray{T}"/>.</summary>
internal sealed class ArrayTarget(ObjectPlan plan, SharedArray<ulong> array) : Target(plan, array)
{
    // Of one thread each, though a handle may be used by several.
    [ThreadStatic]
    private static ulong[]? t_buffer;

    private Span<ulong> Buffer
    {
        get
        {
            if (t_buffer is null || t_buffer.Length < Plan.WordCount)
            {
                t_buffer = new ulong[Plan.WordCount];
            }

            return t_buffer.AsSpan(0, Plan.WordCount);
        }
    }

    internal override void Assign(ulong sequence)
    {
        Span<ulong> words = Buffer;
        Pattern.Fill(words, sequence);
        array.Assign(words);
    }

    protected override bool? Read(int way, TimeSpan patience, out ulong sequence)
    {
        if (way == 0)
        {
            (bool whole, sequence) = array.Fetch(static view =>
            {
                ReadOnlySpan<ulong> words = view.GetSpan([0], (int)view.FlattenedLength);
                ulong first = Pattern.SequenceOf(words[0]);
                return (Pattern.Is(words, first), first);
            });
            return whole;
        }

        Span<ulong> buffer = Buffer;
        if (way < 10)
        {
            array.FetchInto(buffer);
        }
        else if (!array.TryFetchInto(buffer, way < 13 ? TimeSpan.Zero : patience))
        {
            sequence = 0;
            return null;
        }

        sequence = Pattern.SequenceOf(buffer[0]);
        return Pattern.Is(buffer, sequence);
    }

    protected override void Update(ulong sequence, int? giveUpAfter) => array.Update(view =>
    {
        Span<ulong> words = view.GetSpan([0], (int)view.FlattenedLength);
        Pattern.Fill(words[..(giveUpAfter ?? words.Length)], sequence);
        if (giveUpAfter is not null)
        {
            throw new UpdateGaveUpException();
        }
    });

    protected override void Trigger() => array.Trigger();
}

/// <summary>A <see cref="SharedObject{T}"/>.</summary>
internal sealed class TypedTarget<T>(ObjectPlan plan, SharedObject<T> handle, Func<ulong, T> make, TypedTarget<T>.Check isWhole)
    : Target(plan, handle)
{
    [ThreadStatic]
    private static Dictionary<SharedObject<T>, T>? t_earlier;

    internal delegate bool Check(in T value, out ulong sequence);

    internal override void Assign(ulong sequence) => handle.Assign(make(sequence));

    protected override bool? Read(int way, TimeSpan patience, out ulong sequence)
    {
        switch (way)
        {
            case < 2:
                return isWhole(handle.Fetch(), out sequence);
            case < 4:
                (bool whole, sequence) = handle.FetchView(
                    Plan, static (bytes, in context, plan) => (plan.IsWhole(bytes, out ulong sequence), sequence));
                return whole;
            case < 5:
                bool found = handle.TryFetch(out T? value);
                sequence = 0;
                return found ? isWhole(value!, out sequence) : null;
            default:
                t_earlier ??= [];
                T into = t_earlier.TryGetValue(handle, out T? earlier) ? earlier : make(0);
                bool filled = true;
                if (way < 12)
                {
                    handle.FetchInto(ref into);
                }
                else
                {
                    filled = handle.TryFetchInto(ref into, patience);
                }

                t_earlier[handle] = into;
                sequence = 0;
                return filled ? isWhole(into, out sequence) : null;
        }
    }

    protected override void Update(ulong sequence, int? giveUpAfter) => handle.UpdateInPlace(
        (Plan, sequence, giveUpAfter),
        static (bytes, in context, state) =>
        {
            if (state.giveUpAfter is { } count)
            {
                Region region = state.Plan.Regions[^1];
                Pattern.Fill(bytes.Slice(region.Offset, Math.Min(count, region.Count) * sizeof(ulong)), state.sequence, region.First);
                throw new UpdateGaveUpException();
            }

            state.Plan.Write(bytes, state.sequence);
        });

    protected override void Trigger() => handle.Trigger();
}
