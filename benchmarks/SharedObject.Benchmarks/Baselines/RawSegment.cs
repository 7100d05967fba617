using System;
using System.IO;
using System.Threading;

namespace SharedObjects.Benchmarks.Baselines;

/// <summary>
/// A segment by itself, through an open file description and a mapping of its own: for the floors (copy, lock), and to write as a
/// plain Python peer does.
/// </summary>
internal sealed unsafe class RawSegment : IDisposable
{
    private const int ReadWrite = 2;
    private const int ProtectReadWrite = 3;
    private const int MapShared = 1;

    private readonly int _descriptor;
    private readonly byte* _address;
    private readonly int _size;

    internal RawSegment(string name)
    {
        string path = Path.Combine("/dev/shm", name);
        _size = (int)new FileInfo(path).Length;
        _descriptor = Native.open(path, ReadWrite);
        _address = Native.mmap(0, _size, ProtectReadWrite, MapShared, _descriptor, 0);
        if (_descriptor < 0 || _address == (byte*)-1)
        {
            throw new IOException($"could not map {path}");
        }
    }

    internal Span<byte> Bytes => new(_address, _size);

    internal void LockPair(int operation)
    {
        _ = Native.flock(_descriptor, operation);
        _ = Native.flock(_descriptor, Native.Unlock);
    }

    /// <summary>
    /// Just the stores of a plain Python assign: under the lock, mtime and then the data, each zeroed first, as CPython's
    /// <c>struct.pack_into</c> does. No commit, no wake-up.
    /// </summary>
    /// <param name="stamp">The new mtime.</param>
    /// <param name="payload">The data.</param>
    /// <param name="offset">Where the data begins.</param>
    internal void WriteAsPython(ulong stamp, ReadOnlySpan<byte> payload, int offset)
    {
        _ = Native.flock(_descriptor, Native.LockExclusive);
        ref ulong mtime = ref *(ulong*)_address;
        Volatile.Write(ref mtime, 0);
        Volatile.Write(ref mtime, stamp);
        Span<byte> target = Bytes.Slice(offset, payload.Length);
        target.Clear();
        payload.CopyTo(target);
        _ = Native.flock(_descriptor, Native.Unlock);
    }

    public void Dispose()
    {
        _ = Native.munmap(_address, _size);
        _ = Native.close(_descriptor);
    }
}
