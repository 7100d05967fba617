using System;
using System.Buffers.Binary;
using System.Diagnostics;
using SharedObjects.Cli.Segments;
using SharedObjects.Cli.Shell;
using SharedObjects.Interop;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Following;

/// <summary>
/// Watches one object's mtime with a small <c>pread</c>, without its lock. Follows the name: an object that is unlinked and made
/// anew is found again.
/// </summary>
/// <remarks>An mtime of 0 says nothing: CPython's <c>struct.pack_into</c> zeroes it for an instant in every write.</remarks>
internal sealed class StampWatch : IDisposable
{
    private static readonly TimeSpan s_betweenLooksAtName = TimeSpan.FromMilliseconds(200);

    private SegmentFile? _file;
    private bool _isLeft;
    private long _lookedAtName = Stopwatch.GetTimestamp();

    /// <exception cref="ToolException">There is no such object.</exception>
    internal StampWatch(string name)
    {
        Name = name;
        Outline = SegmentOutline.Read(name);
        Size = Outline.Size;
        _file = SegmentFile.Open(name);
        Stamp = Load();
    }

    internal string Name { get; }

    /// <summary>What the object was when it was found (again).</summary>
    internal SegmentOutline Outline { get; private set; }

    /// <summary>The stamp that was seen last; 0 if none was.</summary>
    internal ulong Stamp { get; private set; }

    /// <summary>The stamp before the one that was seen last.</summary>
    internal ulong PreviousStamp { get; private set; }

    /// <summary>The object's size in bytes when that stamp was seen.</summary>
    internal int Size { get; private set; }

    /// <summary>Whether the object is there.</summary>
    internal bool IsThere => _file is not null;

    /// <summary>Looks once.</summary>
    /// <returns>Whether there is a new stamp.</returns>
    internal bool Poll()
    {
        if (_isLeft)
        {
            return false;
        }

        ulong stamp = Load();
        bool isNew = stamp != 0 && stamp != Stamp;
        if (isNew)
        {
            PreviousStamp = Stamp;
            Stamp = stamp;
        }
        else if (Stopwatch.GetElapsedTime(_lookedAtName) > s_betweenLooksAtName)
        {
            _lookedAtName = Stopwatch.GetTimestamp();
            LookAtName();
        }

        return isNew;
    }

    /// <summary>Looks no more.</summary>
    internal void Leave() => _isLeft = true;

    /// <summary>Has a stamp count as seen: that of a copy, which may be newer than the one that <see cref="Poll"/> has seen.</summary>
    internal void Saw(ulong stamp)
    {
        if (stamp != 0)
        {
            Stamp = stamp;
        }
    }

    /// <summary>Copies the value; null if the object has gone.</summary>
    /// <exception cref="ToolException">The lock was not to be had.</exception>
    internal SegmentCopy? TryRead(double timeout) => _file is null ? null : SegmentCopy.Read(_file, timeout);

    public void Dispose() => _file?.Dispose();

    private ulong Load()
    {
        // The length of a dynamic object's value comes with its stamp.
        Span<byte> head = stackalloc byte[DynamicSegment.HeadSize];
        head = Outline.IsDynamic ? head : head[..sizeof(ulong)];
        if (_file is null || Posix.Read(_file.Number, head, ObjectHeader.StampOffset) != head.Length)
        {
            return 0;
        }

        Size = Outline.IsDynamic ? DynamicSegment.EndOf(head, DynamicArea.MaxSegmentSize) : Outline.Size;
        return BinaryPrimitives.ReadUInt64LittleEndian(head);
    }

    private void LookAtName()
    {
        if (_file is not null && _file.TryStatus(out FileStatus status) && status.Links > 0)
        {
            return;
        }

        _file?.Dispose();
        _file = null;
        if (SegmentOutline.TryRead(Name, out _) is { } outline && SegmentFile.TryOpen(Name, out _) is { } file)
        {
            Outline = outline;
            _file = file;
        }
    }
}
