using System;
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
}
