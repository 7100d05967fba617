using System;
using System.Buffers.Binary;
using SharedObjects.Internals;
using SharedObjects.Interop;
using SharedObjects.Memory;
using SharedObjects.Sync;
using SharedObjects.Wire;

namespace SharedObjects.Objects;

/// <summary>Makes new objects, so that nobody ever sees a half-made one.</summary>
/// <remarks>
/// The file is made without a name (<c>O_TMPFILE</c>), its pages are reserved, header and first value are written, and only then
/// <c>linkat</c> gives it the name: in one step, or not at all if the name is taken. A maker that dies leaves nothing behind.
/// </remarks>
internal static class ObjectMaker
{
    /// <summary>Makes an object.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">The options of the handle.</param>
    /// <param name="layout">The layout of the object.</param>
    /// <param name="schemaHash">The hash of the schema, for the trailer; 0 if there is none.</param>
    /// <param name="writer">Writes the first value, or null to leave the object never assigned.</param>
    /// <param name="state">What the writer needs.</param>
    /// <returns>The new segment, or null if there is one of this name.</returns>
    internal static MountedSegment? TryMake<TState>(
        string name, SharedObjectOptions options, ObjectLayout layout, ulong schemaHash, ObjectWriter<TState>? writer, TState state)
        where TState : allows ref struct =>
        TryMake(name, options, layout, room: 0, schemaHash, writer, state, writer is null ? 0 : StampClock.Next());

    /// <summary>Makes a dynamic object.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">The options of the handle.</param>
    /// <param name="value">The bytes of its first value, as those of an object.</param>
    /// <param name="stamp">The stamp of the value; 0 if there is none.</param>
    /// <returns>The new segment, or null if there is one of this name.</returns>
    internal static MountedSegment? TryMakeDynamic(string name, SharedObjectOptions options, ReadOnlySpan<byte> value, ulong stamp) =>
        TryMake(
            name,
            options,
            DynamicLayout.OfObject,
            room: (int)DynamicArea.SegmentSizeFor(DynamicArea.EndOf(value.Length)) - TrailerArea.SegmentSizeFor(DynamicArea.FixedSize),
            schemaHash: 0,
            static (bytes, in _, value) => DynamicArea.WriteFirst(bytes, value),
            value,
            stamp);

    /// <summary>Makes an object that holds what another one held.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">The options of the handle.</param>
    /// <param name="layout">The layout of both.</param>
    /// <param name="schemaHash">The hash of the schema, for the trailer; 0 if there is none.</param>
    /// <param name="value">The bytes of the other object; of a dynamic one those of its value.</param>
    /// <param name="stamp">The stamp of its value, which this one gets as well; 0 if it was never assigned.</param>
    /// <returns>The new segment, or null if there is one of this name.</returns>
    internal static MountedSegment? TryMakeCopy(
        string name, SharedObjectOptions options, ObjectLayout layout, ulong schemaHash, ReadOnlySpan<byte> value, ulong stamp) =>
        layout.Value.Tag == WireTag.Dynamic
            ? TryMakeDynamic(name, options, value, stamp)
            : TryMake(name, options, layout, room: 0, schemaHash, static (bytes, in _, value) => value.CopyTo(bytes), value, stamp);

    /// <param name="room">How many bytes there are behind the trailer: if any, the writer is given the whole segment, else the object.</param>
    private static MountedSegment? TryMake<TState>(
        string name,
        SharedObjectOptions options,
        ObjectLayout layout,
        int room,
        ulong schemaHash,
        ObjectWriter<TState>? writer,
        TState state,
        ulong stamp)
        where TState : allows ref struct
    {
        string path = SegmentName.ToPath(name);
        if (options.ReadOnly)
        {
            throw Error.ReadOnly(name);
        }

        var descriptor = new SegmentDescriptor(Check(name, Posix.OpenUnnamed(SegmentName.Directory)));
        try
        {
            int size = TrailerArea.SegmentSizeFor(layout.BufferSize) + room;
            Check(name, Posix.Allocate(descriptor.Number, size));
            Check(name, Posix.SetMode(descriptor.Number, options.UnixFileMode));
            Check(name, Mapping.Map(descriptor, size, writable: true, out Mapping? mapping));
            Fill(name, layout, mapping!, room > 0 ? size : layout.BufferSize, writer, state, stamp);
            TrailerArea.Write(mapping!.DangerousBytes.Slice(TrailerArea.OffsetFor(layout.BufferSize), TrailerArea.Size), schemaHash, commit: stamp);
            int linked = Posix.Link(descriptor.Number, path);
            if (linked != -Errno.EEXIST)
            {
                Check(name, linked);
                Check(name, Posix.Status(descriptor.Number, out FileStatus status));
                var made = new MountedSegment(
                    descriptor, new FileLock(descriptor, name), Stamps.Of(mapping!, new CodecContext(name, layout)), status, stamp);
                descriptor = null;
                return made;
            }

            return null;
        }
        finally
        {
            descriptor?.Dispose();
        }
    }

    private static void Fill<TState>(
        string name, ObjectLayout layout, Mapping mapping, int size, ObjectWriter<TState>? writer, TState state, ulong stamp)
        where TState : allows ref struct
    {
        Span<byte> bytes = mapping.DangerousBytes[..size];
        layout.WriteInitial(bytes);
        writer?.Invoke(bytes, new CodecContext(name, layout), state);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[ObjectHeader.StampOffset..], stamp);
        GC.KeepAlive(mapping);
    }

    private static int Check(string name, int result) => result < 0 ? throw Error.System(name, "make", -result) : result;
}
