using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace SharedObjects.Wire;

/// <summary>Gathers an object's fixed bytes from front to back; what is appended next to each other becomes one part.</summary>
internal sealed class FixedPartsBuilder(int start)
{
    private readonly List<byte> _block = [];
    private readonly ImmutableArray<FixedPart>.Builder _parts = ImmutableArray.CreateBuilder<FixedPart>();
    private int _position = start;
    private int _partStart = start;

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        _block.AddRange(bytes);
        _position += bytes.Length;
    }

    internal void AppendTag(WireTag tag) => Append([(byte)tag]);

    internal void AppendSize(int size)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)size);
        Append(bytes);
    }

    /// <summary>Passes over bytes that belong to the value.</summary>
    internal void Skip(int count)
    {
        if (count > 0)
        {
            ClosePart();
            _position += count;
            _partStart = _position;
        }
    }

    internal FixedParts Build()
    {
        ClosePart();
        return new FixedParts(_parts.ToImmutable(), [.. _block]);
    }

    private void ClosePart()
    {
        int length = _position - _partStart;
        if (length > 0)
        {
            _parts.Add(new FixedPart(_partStart, _block.Count - length, length));
        }
    }
}
