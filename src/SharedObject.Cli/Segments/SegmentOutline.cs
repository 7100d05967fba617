using System;
using System.Buffers.Binary;
using SharedObjects.Cli.Shell;
using SharedObjects.Interop;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Segments;

/// <summary>
/// What of a segment stays the same for its life, read without its lock: whether it is a shared object, and of which layout. So no lock
/// is ever taken on what is none.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Layout">The object's layout.</param>
/// <param name="Status">The file's.</param>
/// <param name="TrailerVersion">The version of its trailer; 0 where it has none.</param>
/// <param name="Size">The object's size in bytes: of a dynamic one up to the end of the value that it had when it was looked at.</param>
internal sealed record SegmentOutline(string Name, ObjectLayout Layout, FileStatus Status, int TrailerVersion, int Size)
{
    // Holds the metadata of any array (64 dimensions at most), all that is fixed of a dynamic object, and most dicts whole.
    private const int HeadSize = 4096;

    internal bool HasTrailer => TrailerVersion != 0;

    /// <summary>Whether its value may be of another type after each assign.</summary>
    internal bool IsDynamic => Layout.Value.Tag == WireTag.Dynamic;

    /// <summary>The outline of a segment.</summary>
    /// <exception cref="ToolException">It can't be opened, or is no shared object.</exception>
    internal static SegmentOutline Read(string name)
    {
        using SegmentFile file = SegmentFile.Open(name);
        return TryRead(file, out string? problem) ?? throw ToolException.Failed(NotAnObject(name, problem!));
    }

    /// <summary>The outline of a segment; null where it can't be opened or is no shared object.</summary>
    internal static SegmentOutline? TryRead(string name, out string? problem)
    {
        try
        {
            using SegmentFile? file = SegmentFile.TryOpen(name, out int errno);
            problem = file is not null ? null : errno is Errno.EACCES or Errno.EPERM ? "it may not be read by this user" : "it can't be opened";
            return file is null ? null : TryRead(file, out problem);
        }
        catch (Exception e) when (e is SharedNameException or System.IO.IOException)
        {
            problem = e.Message; // a name that shm_open could not have made, or a file that went away while we looked
            return null;
        }
    }

    internal static SegmentOutline? TryRead(SegmentFile file, out string? problem)
    {
        FileStatus status = file.Status();
        if (status.Size is < ObjectHeader.DataOffset or > ObjectLayout.MaxBufferSize)
        {
            problem = status.Size == 0 ? "it is empty: it is being made, or its maker died" : $"it has {status.Size} bytes";
            return null;
        }

        byte[]? bytes = Head(file, (int)status.Size);
        if (bytes is null)
        {
            problem = "its sizes do not add up";
            return null;
        }

        if (LayoutParser.Parse(bytes, out problem) is not { } layout)
        {
            return null;
        }

        int objectSize = layout.Value.Tag == WireTag.Dynamic ? DynamicSegment.EndOf(bytes, status.Size) : layout.BufferSize;
        return new SegmentOutline(file.Name, layout, status, TrailerVersionOf(bytes, layout.BufferSize), objectSize);
    }

    internal static string NotAnObject(string name, string problem) =>
        $"the segment '{name}' is no shared object ({problem}), and is left alone";

    /// <summary>
    /// Bytes as long as the segment, of which those are read that a parser looks at: the front and the place of a trailer, and all of a
    /// large dict, tuple, list or set. Null where the own size of one of these says that it is none.
    /// </summary>
    private static byte[]? Head(SegmentFile file, int size)
    {
        byte[] bytes = new byte[size];
        int head = file.Read(bytes.AsSpan(0, Math.Min(size, HeadSize)), 0);
        int tail = Math.Min(size - head, TrailerArea.Alignment + TrailerArea.Size);
        bool hasParts = (WireTag)bytes[ObjectHeader.TagOffset] is WireTag.Dict or WireTag.Tuple or WireTag.List or WireTag.Set;
        if (!hasParts || size <= HeadSize)
        {
            file.Read(bytes.AsSpan(size - tail), size - tail);
            return bytes;
        }

        // The first word of all four is the size of the rest.
        ulong rest = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(ObjectHeader.DataOffset));
        const int Front = ObjectHeader.DataOffset + sizeof(ulong);
        if (rest > (ulong)(size - Front) || size - Front - (int)rest > TrailerArea.Alignment + TrailerArea.Size)
        {
            return null;
        }

        file.Read(bytes.AsSpan(head), head);
        return bytes;
    }

    private static int TrailerVersionOf(ReadOnlySpan<byte> segment, int bufferSize) =>
        TrailerArea.IsAnyAfter(segment, bufferSize)
            ? segment[TrailerArea.OffsetFor(bufferSize) + TrailerArea.MagicOffset + sizeof(ulong) - 1]
            : 0;
}
