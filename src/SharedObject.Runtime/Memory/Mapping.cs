using System;
using System.Runtime.ConstrainedExecution;
using SharedObjects.Interop;

namespace SharedObjects.Memory;

/// <summary>
/// A segment's memory in this process. It is unmapped when nobody can reach it any more, and not before: whoever reads it
/// holds a reference to it, so that disposing a handle while others read through it is safe, without any counting.
/// </summary>
internal sealed unsafe class Mapping : CriticalFinalizerObject
{
    private readonly byte* _address;

    private Mapping(nint address, int size, bool isWritable)
    {
        _address = (byte*)address;
        Size = size;
        IsWritable = isWritable;
        GC.AddMemoryPressure(size);
    }

    ~Mapping()
    {
        GC.RemoveMemoryPressure(Size);
        _ = Posix.Unmap((nint)_address, Size);
    }

    /// <summary>How many bytes are mapped.</summary>
    internal int Size { get; }

    internal bool IsWritable { get; }

    /// <summary>
    /// The mapped bytes. The span does not keep the mapping alive: the caller holds the mapping, and ends with
    /// <see cref="GC.KeepAlive"/>.
    /// </summary>
    internal Span<byte> DangerousBytes => new(_address, Size);

    /// <summary>
    /// The address of a word. The caller keeps the mapping alive for as long as it uses it, and has checked that the word is inside;
    /// mappings begin at a page, so that words at multiples of their size are aligned, and their loads and stores whole.
    /// </summary>
    internal byte* DangerousAddressOf(int offset) => _address + offset;

    /// <summary>Has the file system find the pages of the first bytes now, where those of a file with holes may be missing.</summary>
    /// <param name="size">How many bytes.</param>
    /// <returns>0, or minus the error number: EFAULT if there is no memory for them, and touching one would end the process.</returns>
    internal int Populate(int size)
    {
        int result = Posix.Populate((nint)_address, Math.Min(size, Size));
        GC.KeepAlive(this);
        return result;
    }

    /// <summary>Maps the first <paramref name="size"/> bytes of a segment that is at least as long.</summary>
    /// <returns>0, or minus the error number.</returns>
    internal static int Map(SegmentDescriptor descriptor, int size, bool writable, out Mapping? mapping)
    {
        int result = Posix.Map(descriptor.Number, size, writable, out nint address);
        mapping = result < 0 ? null : new Mapping(address, size, writable);
        return result;
    }
}
