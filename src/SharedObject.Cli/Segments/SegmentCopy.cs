using System;
using System.Buffers.Binary;
using System.Diagnostics;
using SharedObjects.Cli.Linux;
using SharedObjects.Cli.Shell;
using SharedObjects.Interop;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Segments;

/// <summary>All bytes of one object, copied under its readers' lock; everything is read from the copy.</summary>
internal sealed class SegmentCopy
{
    private static readonly TimeSpan s_firstStep = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan s_longestStep = TimeSpan.FromMilliseconds(2);

    private readonly byte[] _bytes;

    private SegmentCopy(SegmentOutline outline, byte[] bytes)
    {
        Outline = outline;
        _bytes = bytes;
    }

    internal string Name => Outline.Name;

    internal SegmentOutline Outline { get; }

    internal ObjectLayout Layout => Outline.Layout;

    /// <summary>The object, without what follows it.</summary>
    internal ReadOnlySpan<byte> ObjectBytes => _bytes.AsSpan(0, Layout.BufferSize);

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
    internal object? Value() => UntypedValue.Read(Layout.Value, ObjectBytes[ObjectHeader.DataOffset..], new CodecContext(Name, Layout));

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
            byte[] bytes = new byte[outline.Status.Size];
            if (!TryCopy(file, bytes, began, timeout, out bool whole))
            {
                throw ToolException.Locked(LockTable.Read().WhyLocked(file.Name));
            }

            // Another size: it got its trailer, or was cut short. Other metadata than before: it was no object yet.
            if (whole && LayoutParser.Parse(bytes, out problem) is { } layout)
            {
                return new SegmentCopy(outline with { Layout = layout }, bytes);
            }

            if (Stopwatch.GetElapsedTime(began).TotalSeconds > timeout)
            {
                throw ToolException.Failed(SegmentOutline.NotAnObject(file.Name, problem ?? "its size changes all the time"));
            }
        }
    }

    private static bool TryCopy(SegmentFile file, byte[] bytes, long began, double timeout, out bool whole)
    {
        whole = false;
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
            whole = file.Status().Size == bytes.Length && file.Read(bytes, 0) == bytes.Length;
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
