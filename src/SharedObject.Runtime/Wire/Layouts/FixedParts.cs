using System;
using System.Buffers.Binary;
using System.Collections.Immutable;

namespace SharedObjects.Wire;

/// <summary>
/// The bytes of an object that no assign of its layout changes: type tags, dict keys, capacities, dtypes and shapes. They
/// are written from one constant block, and compared with what was read: a Python peer may have put other keys of the same
/// sizes in, which a typed reader must notice.
/// </summary>
public sealed class FixedParts
{
    private readonly ImmutableArray<FixedPart> _parts;
    private readonly byte[] _block;

    internal FixedParts(ImmutableArray<FixedPart> parts, byte[] block)
    {
        _parts = parts;
        _block = block;
    }

    /// <summary>Writes the fixed bytes into an object.</summary>
    /// <param name="bytes">The object, from its first byte on.</param>
    public void CopyTo(Span<byte> bytes)
    {
        foreach (FixedPart part in _parts)
        {
            _block.AsSpan(part.BlockOffset, part.Length).CopyTo(bytes[part.ObjectOffset..]);
        }
    }

    /// <summary>Whether an object has just these fixed bytes.</summary>
    /// <param name="bytes">The object, from its first byte on.</param>
    public bool Match(ReadOnlySpan<byte> bytes)
    {
        foreach (FixedPart part in _parts)
        {
            if (!_block.AsSpan(part.BlockOffset, part.Length).SequenceEqual(bytes.Slice(part.ObjectOffset, part.Length)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// A hash that is the same wherever the fixed bytes are the same: FNV-1a (64 bits) over the size of the object, and of each part its place
    /// in the object, its length and its bytes; numbers as 4 bytes, little-endian.
    /// </summary>
    /// <param name="bufferSize">The size of the object.</param>
    internal ulong Hash(int bufferSize)
    {
        ulong hash = 0xCBF2_9CE4_8422_2325;
        Add(ref hash, bufferSize);
        foreach (FixedPart part in _parts)
        {
            Add(ref hash, part.ObjectOffset);
            Add(ref hash, part.Length);
            Add(ref hash, _block.AsSpan(part.BlockOffset, part.Length));
        }

        return hash;
    }

    private static void Add(ref ulong hash, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        Add(ref hash, bytes);
    }

    private static void Add(ref ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            hash = (hash ^ b) * 0x0000_0100_0000_01B3;
        }
    }
}
