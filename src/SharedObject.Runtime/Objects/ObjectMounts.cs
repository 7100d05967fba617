using System;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Internals;
using SharedObjects.Sync;
using SharedObjects.Wire;
using SharedObjects.Wire.Codecs;

namespace SharedObjects.Objects;

/// <summary>The ways to come by a mounted object of a codec's type: open, make, or whichever is possible.</summary>
internal static class ObjectMounts
{
    // Names that come and go at every try are a producer's fault, not a reason to spin for ever.
    private const int MaxTries = 100;

    // Opening needs no writer's lock: a Python reader that has leaked its own must not hold it up.
    private static readonly TimeSpan LongestWaitToAdopt = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan ShortestOpenStep = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestOpenStep = TimeSpan.FromMilliseconds(20);

    internal static ObjectMount Open<T>(string name, SharedCodec<T> codec, SharedObjectOptions options, CancellationToken cancellation) =>
        TryOpen(name, codec, options, cancellation) ?? throw Error.NotFound(name);

    /// <summary>Waits until there is an object of this name that is ready, and mounts it.</summary>
    internal static async Task<ObjectMount> OpenAsync<T>(
        string name, SharedCodec<T> codec, SharedObjectOptions options, CancellationToken cancellation)
    {
        TimeSpan step = ShortestOpenStep;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (ObjectOpener.TryOpenAtOnce(name, options, codec) is { } segment)
            {
                return Mount(name, codec, options, segment, cancellation);
            }

            await Task.Delay(step, cancellation).ConfigureAwait(false);
            step = step + step < LongestOpenStep ? step + step : LongestOpenStep;
        }
    }

    internal static ObjectMount Make<T>(string name, T initial, SharedCodec<T> codec, SharedObjectOptions options) =>
        new(name, options, codec, TryMake(name, initial, codec, options) ?? throw Error.Exists(name));

    /// <summary>Mounts the object if there is one, else makes one with a first value.</summary>
    /// <param name="made">Whether it was made, and so holds the first value.</param>
    internal static ObjectMount OpenOrMake<T>(
        string name, T initial, SharedCodec<T> codec, SharedObjectOptions options, CancellationToken cancellation, out bool made) =>
        OpenOr(
            name,
            codec,
            options,
            (name, initial, codec, options),
            static state => TryMake(state.name, state.initial, state.codec, state.options),
            cancellation,
            out made);

    /// <summary>Mounts the object if there is one, else makes one that was never assigned.</summary>
    internal static ObjectMount OpenOrMakeUnassigned<T>(
        string name, ObjectLayout layout, SharedCodec<T> codec, SharedObjectOptions options, CancellationToken cancellation) =>
        OpenOr(
            name,
            codec,
            options,
            (name, layout, codec, options),
            static state => ObjectMaker.TryMake<object?>(
                state.name, state.options, state.layout, state.codec.SchemaHash, writer: null, state: null),
            cancellation,
            out _);

    /// <summary>Mounts the array if there is one, else makes one with the given elements.</summary>
    /// <param name="made">Whether it was made, and so holds the elements.</param>
    internal static ObjectMount OpenOrMakeArray<T>(
        string name, ReadOnlySpan<T> elements, ArrayShapeCodec<T> codec, SharedObjectOptions options, CancellationToken cancellation, out bool made)
        where T : unmanaged =>
        OpenOr(name, codec, options, new ArrayToMake<T>(name, elements, codec, options), static array => array.TryMake(), cancellation, out made);

    /// <summary>Makes an array with the given elements.</summary>
    internal static ObjectMount MakeArray<T>(string name, ReadOnlySpan<T> elements, ArrayShapeCodec<T> codec, SharedObjectOptions options)
        where T : unmanaged =>
        new(name, options, codec, new ArrayToMake<T>(name, elements, codec, options).TryMake() ?? throw Error.Exists(name));

    /// <summary>Mounts the dynamic object if there is one, else makes one with a first value.</summary>
    /// <param name="value">The value's bytes as those of an object.</param>
    /// <param name="made">Whether it was made, and so holds the first value.</param>
    internal static ObjectMount OpenOrMakeDynamic(
        string name, byte[] value, SharedObjectOptions options, CancellationToken cancellation, out bool made) =>
        OpenOr(
            name,
            DynamicCodec.Instance,
            options,
            (name, value, options),
            static state => ObjectMaker.TryMakeDynamic(state.name, state.options, state.value, StampClock.Next()),
            cancellation,
            out made);

    /// <summary>Makes a dynamic object with a first value.</summary>
    /// <param name="value">The value's bytes as those of an object.</param>
    internal static ObjectMount MakeDynamic(string name, byte[] value, SharedObjectOptions options) =>
        new(name, options, DynamicCodec.Instance, ObjectMaker.TryMakeDynamic(name, options, value, StampClock.Next()) ?? throw Error.Exists(name));

    private static ObjectMount OpenOr<T, TState>(
        string name,
        SharedCodec<T> codec,
        SharedObjectOptions options,
        TState state,
        Func<TState, MountedSegment?> tryMake,
        CancellationToken cancellation,
        out bool made)
        where TState : allows ref struct
    {
        for (int i = 0; i < MaxTries; i++)
        {
            made = false;
            if (TryOpen(name, codec, options, cancellation) is { } mount)
            {
                return mount;
            }

            made = true;
            if (tryMake(state) is { } segment)
            {
                return new ObjectMount(name, options, codec, segment);
            }
        }

        throw Error.NeitherThereNorNot(name, MaxTries);
    }

    private static ObjectMount? TryOpen<T>(string name, SharedCodec<T> codec, SharedObjectOptions options, CancellationToken cancellation)
    {
        if (ObjectOpener.TryOpen(name, options, cancellation) is not { } segment)
        {
            return null;
        }

        return Mount(name, codec, options, segment, cancellation);
    }

    private static ObjectMount Mount<T>(
        string name, SharedCodec<T> codec, SharedObjectOptions options, MountedSegment segment, CancellationToken cancellation)
    {
        var mount = new ObjectMount(name, options, codec, segment);
        try
        {
            mount.CheckLayout();
            mount.AdoptWithin(Deadline.After(LongestWaitToAdopt, cancellation)); // not before it is known to be what was asked for
            return mount;
        }
        catch
        {
            mount.Dispose();
            throw;
        }
    }

    private static MountedSegment? TryMake<T>(string name, T initial, SharedCodec<T> codec, SharedObjectOptions options)
    {
        ObjectLayout layout;
        try
        {
            layout = codec.LayoutFor(initial, name, options.InitSize);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw Error.TooLarge(name, e);
        }

        codec.Validate(initial, new CodecContext(name, layout));
        return ObjectMaker.TryMake(
            name,
            options,
            layout,
            codec.SchemaHash,
            layout.Value.Tag == WireTag.None
                ? null // as in Python: a None is made without a stamp
                : static (bytes, in context, state) => state.codec.Write(state.initial, bytes, context),
            (codec, initial));
    }

    private readonly ref struct ArrayToMake<T>(string name, ReadOnlySpan<T> elements, ArrayShapeCodec<T> codec, SharedObjectOptions options)
        where T : unmanaged
    {
        private readonly ReadOnlySpan<T> _elements = elements;

        /// <summary>Makes the array; no elements are zeros, which a new segment holds already.</summary>
        internal MountedSegment? TryMake() => ObjectMaker.TryMake(
            name,
            options,
            codec.FixedLayout,
            schemaHash: 0,
            static (bytes, in context, elements) =>
                WireArray.Write(bytes, ObjectHeader.DataOffset + ((ArrayLayout)context.Layout.Value).ElementsOffset, elements),
            _elements);
    }
}
