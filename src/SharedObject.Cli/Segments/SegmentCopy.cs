using System;
using System.Buffers.Binary;
using System.Diagnostics;
using SharedObjects.Cli.Rendering;
using SharedObjects.Cli.Shell;
using SharedObjects.Interop;
using SharedObjects.Sync;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Segments;

/// <summary>All bytes of one object, copied under its readers' lock; everything is read from the copy.</summary>
internal sealed class SegmentCopy
{
    private static readonly TimeSpan s_firstStep = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan s_longestStep = TimeSpan.FromMilliseconds(2);

    private readonly byte[] _bytes; // of a dynamic object up to the end of its value, else the whole segment
    private readonly ObjectLayout? _heldLayout;
    private readonly string? _problem;

    private SegmentCopy(SegmentOutline outline, byte[] bytes)
    {
        Outline = outline;
        _bytes = bytes;
        _heldLayout = outline.Layout;
        if (outline.IsDynamic)
        {
            DynamicSegment.Value(bytes, out _heldLayout, out _problem);
        }
    }

    internal string Name => Outline.Name;

    internal SegmentOutline Outline { get; }

    internal ObjectLayout Layout => Outline.Layout;

    /// <summary>The layout of the value that is there: the object's, or what a dynamic object has now; null where that can't be told.</summary>
    internal ObjectLayout? HeldLayout => _heldLayout;

    /// <summary>Why a dynamic object's value can't be read.</summary>
    internal string? Problem => _problem;

    /// <summary>
    /// What there is to save: the object, without what follows it. A dynamic object has its trailer in it, which is then as good as new.
    /// </summary>
    internal ReadOnlySpan<byte> ObjectBytes
    {
        get
        {
            if (!Outline.IsDynamic)
            {
                return _bytes.AsSpan(0, Layout.BufferSize);
            }

            byte[] saved = [.. _bytes];
            TrailerArea.Write(saved.AsSpan(TrailerArea.OffsetFor(DynamicArea.FixedSize), TrailerArea.Size), schemaHash: 0, commit: Stamp);
            return saved;
        }
    }

    internal ulong Stamp => BinaryPrimitives.ReadUInt64LittleEndian(_bytes);

    /// <summary>The stamp of a write that began and has not ended: the value is torn. 0 if there is none.</summary>
    internal ulong Writing => TrailerWord(TrailerArea.WritingOffset);

    internal ulong Commit => TrailerWord(TrailerArea.CommitOffset);

    internal ulong SchemaHash => TrailerWord(TrailerArea.SchemaHashOffset);

    internal uint Wake => (uint)TrailerWord(TrailerArea.WakeOffset);

    internal uint Waiters => (uint)(TrailerWord(TrailerArea.WakeOffset) >> 32);

    internal bool IsTorn => Writing != 0;

    /// <summary>Whether there is a value: a type without one (None) always counts as assigned.</summary>
    internal bool IsAssigned => Stamp != 0 || Layout.Value.Tag == WireTag.None;

    /// <summary>The value.</summary>
    /// <exception cref="SharedFormatException">A text is not UTF-8.</exception>
    /// <exception cref="ToolException">A dynamic object's bytes are no value: it is torn, or a peer has written what is none.</exception>
    internal object? Value()
    {
        ObjectLayout layout = _heldLayout
            ?? throw ToolException.Failed($"the value of '{Name}' can't be read: {_problem}; the next assign puts another in its place");
        ReadOnlySpan<byte> bytes = Outline.IsDynamic ? _bytes.AsSpan(DynamicArea.ObjectOffset) : _bytes;
        return UntypedValue.Read(layout.Value, bytes[ObjectHeader.DataOffset..], new CodecContext(Name, layout));
    }

    /// <summary>Copies an object; the lock is held for that copy and no longer.</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="timeout">How long to wait for the lock, in seconds.</param>
    /// <exception cref="ToolException">There is none, it is no shared object, or the lock was not to be had.</exception>
    internal static SegmentCopy Read(string name, double timeout)
    {
        using SegmentFile file = SegmentFile.Open(name);
        return Read(file, timeout);
    }

    /// <inheritdoc cref="Read(string, double)"/>
    /// <param name="file">The object's file.</param>
    internal static SegmentCopy Read(SegmentFile file, double timeout)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            SegmentOutline outline = SegmentOutline.TryRead(file, out string? problem)
                ?? throw ToolException.Failed(SegmentOutline.NotAnObject(file.Name, problem!));
            if (!TryCopy(file, outline, began, timeout, out FileStatus status, out byte[]? bytes))
            {
                throw ToolException.Locked(Processes.WhyLocked(file.Name, LockHolders.Of(file.Descriptor)));
            }

            // Another size: it got its trailer, or was cut short. Other metadata than before: it was no object yet.
            if (bytes is not null && LayoutParser.Parse(bytes, out problem) is { } layout)
            {
                int size = outline.IsDynamic ? bytes.Length : layout.BufferSize;
                return new SegmentCopy(outline with { Layout = layout, Status = status, Size = size }, bytes);
            }

            if (Stopwatch.GetElapsedTime(began).TotalSeconds > timeout)
            {
                throw ToolException.Failed(SegmentOutline.NotAnObject(file.Name, problem ?? "its size changes all the time"));
            }
        }
    }

    /// <param name="bytes">The copy; null where the segment is not as long as it was.</param>
    private static bool TryCopy(
        SegmentFile file, SegmentOutline outline, long began, double timeout, out FileStatus status, out byte[]? bytes)
    {
        bytes = new byte[outline.IsDynamic ? outline.Size : outline.Status.Size];
        status = default;
        TimeSpan step = s_firstStep;
        while (true)
        {
            int locked = Posix.TryLock(file.Number, Posix.LockOperation.Shared);
            if (locked >= 0)
            {
                break;
            }

            if (locked != -Errno.EAGAIN && locked != -Errno.EINTR)
            {
                throw ToolException.Failed($"'{file.Name}' can't be locked (errno {-locked})");
            }

            if (Stopwatch.GetElapsedTime(began).TotalSeconds >= timeout)
            {
                return false;
            }

            Posix.Sleep(step);
            step = step + step < s_longestStep ? step + step : s_longestStep;
        }

        try
        {
            status = file.Status();
            if (outline.IsDynamic)
            {
                Span<byte> head = stackalloc byte[DynamicSegment.HeadSize];
                file.Read(head, 0);
                int size = DynamicSegment.EndOf(head, status.Size);
                bytes = size == bytes.Length ? bytes : new byte[size];
            }
            else if (status.Size != bytes.Length)
            {
                bytes = null;
            }

            bytes = bytes is not null && file.Read(bytes, 0) == bytes.Length ? bytes : null;
        }
        finally
        {
            _ = Posix.Unlock(file.Number);
        }

        return true;
    }

    private ulong TrailerWord(int offset) => Outline.TrailerVersion == TrailerArea.Version && TrailerArea.IsAfter(_bytes, Layout.BufferSize)
        ? BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(TrailerArea.OffsetFor(Layout.BufferSize) + offset))
        : 0;
}
