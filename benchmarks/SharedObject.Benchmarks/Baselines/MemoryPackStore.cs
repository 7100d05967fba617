using System;
using System.Buffers;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.Threading;
using MemoryPack;

namespace SharedObjects.Benchmarks.Baselines;

/// <summary>Eight doubles, as MemoryPack has them.</summary>
[MemoryPackable]
internal partial record struct PackedJoints(double[] Values);

/// <summary>
/// What a C# programmer would write by hand: a value that MemoryPack has serialised, in a memory-mapped file, behind a named mutex.
/// Reading reuses the earlier value's array, writing a buffer.
/// </summary>
internal sealed unsafe class MemoryPackStore : IDisposable
{
    private readonly string _path;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Mutex _mutex;
    private readonly byte* _address;
    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    internal MemoryPackStore(string name)
    {
        _path = Path.Combine("/dev/shm", name);
        _file = MemoryMappedFile.CreateFromFile(_path, FileMode.CreateNew, mapName: null, capacity: 4096);
        _view = _file.CreateViewAccessor();
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _address);
        _mutex = new Mutex(initiallyOwned: false, name);
    }

    internal void Write(in PackedJoints value)
    {
        _buffer.ResetWrittenCount();
        MemoryPackSerializer.Serialize(_buffer, value);
        _mutex.WaitOne();
        try
        {
            *(int*)_address = _buffer.WrittenCount;
            _buffer.WrittenSpan.CopyTo(new Span<byte>(_address + sizeof(int), _buffer.WrittenCount));
        }
        finally
        {
            _mutex.ReleaseMutex();
        }
    }

    internal void Read(ref PackedJoints value)
    {
        _mutex.WaitOne();
        try
        {
            MemoryPackSerializer.Deserialize(new ReadOnlySpan<byte>(_address + sizeof(int), *(int*)_address), ref value);
        }
        finally
        {
            _mutex.ReleaseMutex();
        }
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
        _mutex.Dispose();
        File.Delete(_path);
    }
}
