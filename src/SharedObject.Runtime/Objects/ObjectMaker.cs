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
    /// <returns>The mounted object, or null if there is one of this name.</returns>
    internal static ObjectMount? TryMake<TState>(
        string name, SharedObjectOptions options, ObjectLayout layout, ulong schemaHash, ObjectWriter<TState>? writer, TState state)
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
            int size = TrailerArea.SegmentSizeFor(layout.BufferSize);
            Check(name, Posix.Allocate(descriptor.Number, size));
            Check(name, Posix.SetMode(descriptor.Number, options.UnixFileMode));
            Check(name, Mapping.Map(descriptor, size, writable: true, out Mapping? mapping));
            ulong stamp = Fill(name, layout, mapping!, writer, state);
            TrailerArea.Write(mapping!.DangerousBytes[TrailerArea.OffsetFor(layout.BufferSize)..], schemaHash, commit: stamp);
            int linked = Posix.Link(descriptor.Number, path);
            if (linked != -Errno.EEXIST)
            {
                Check(name, linked);
                var made = new ObjectMount(name, options, descriptor, new FileLock(descriptor, name), Stamps.Of(mapping!, layout.BufferSize), layout, stamp);
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

    private static ulong Fill<TState>(string name, ObjectLayout layout, Mapping mapping, ObjectWriter<TState>? writer, TState state)
        where TState : allows ref struct
    {
        Span<byte> bytes = mapping.DangerousBytes[..layout.BufferSize];
        layout.WriteInitial(bytes);
        ulong stamp = 0;
        if (writer is not null)
        {
            stamp = StampClock.Next();
            writer(bytes, new CodecContext(name, layout), state);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[ObjectHeader.StampOffset..], stamp);
        }

        GC.KeepAlive(mapping);
        return stamp;
    }

    private static int Check(string name, int result) => result < 0 ? throw Error.System(name, "make", -result) : result;
}
