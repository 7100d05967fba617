using System;
using System.Buffers.Binary;
using System.Collections.Immutable;

namespace SharedObjects.Wire;

/// <summary>
/// Finds out the layout of an object from its bytes, which may be anything: every size, rank and product is read once into a
/// local and checked against what is left before it is used.
/// </summary>
internal ref struct LayoutParser
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _maxParts;
    private int _parts;

    private LayoutParser(ReadOnlySpan<byte> bytes, int maxParts)
    {
        _bytes = bytes;
        _maxParts = maxParts;
    }

    /// <summary>The layout of the object in a segment.</summary>
    /// <param name="bytes">The whole segment; a trailer may follow the object.</param>
    /// <param name="problem">Why there is none, for people to read.</param>
    /// <param name="maxParts">How many values it may consist of, keys included: where strangers could have one build a tree of millions.</param>
    internal static ObjectLayout? Parse(ReadOnlySpan<byte> bytes, out string? problem, int maxParts = int.MaxValue)
    {
        if (bytes.Length < ObjectHeader.DataOffset)
        {
            problem = $"it has {bytes.Length} bytes, and the header alone is {ObjectHeader.DataOffset}";
            return null;
        }

        if (bytes.Length > ObjectLayout.MaxBufferSize)
        {
            problem = $"it has {bytes.Length} bytes, more than the {ObjectLayout.MaxBufferSize} of the largest object";
            return null;
        }

        if (bytes[ObjectHeader.TagOffset] == (byte)WireTag.Dynamic)
        {
            problem = DynamicArea.ProblemOf(bytes);
            return problem is null ? DynamicLayout.OfObject : null;
        }

        return Parse(bytes, maxParts, out int end, out problem) is { } layout && EndsAt(end, TrailerArea.IsLegalAfter(bytes, end), bytes, layout, ref problem)
            ? layout
            : null;
    }

    /// <summary>The layout of a value that is in a dynamic object.</summary>
    /// <param name="bytes">The value's bytes as those of an object: a stamp, which is not looked at, the tag, and what follows it.</param>
    /// <param name="problem">Why there is none, for people to read.</param>
    /// <param name="maxParts">How many values it may consist of.</param>
    internal static ObjectLayout? ParseValue(ReadOnlySpan<byte> bytes, out string? problem, int maxParts = int.MaxValue)
    {
        return Parse(bytes, maxParts, out int end, out problem) is { } layout && EndsAt(end, end == bytes.Length, bytes, layout, ref problem)
            ? layout
            : null;
    }

    private static ObjectLayout? Parse(ReadOnlySpan<byte> bytes, int maxParts, out int end, out string? problem)
    {
        end = ObjectHeader.DataOffset;
        try
        {
            problem = null;
            return new ObjectLayout(new LayoutParser(bytes, maxParts).Value(bytes[ObjectHeader.TagOffset], ref end, depth: 0));
        }
        catch (BadLayoutException e)
        {
            problem = e.Message;
            return null;
        }
    }

    private static bool EndsAt(int end, bool isLegal, ReadOnlySpan<byte> bytes, ObjectLayout layout, ref string? problem)
    {
        problem = isLegal ? null : $"it has {bytes.Length} bytes, and a {layout} needs {end}";
        return isLegal;
    }

    private ValueLayout Value(byte tag, ref int position, int depth)
    {
        if (++_parts > _maxParts)
        {
            throw new BadLayoutException($"it consists of more than {_maxParts} values");
        }

        switch ((WireTag)tag)
        {
            case WireTag.None: return ValueLayout.None;
            case WireTag.Bool: return Scalar(ValueLayout.Bool, ref position);
            case WireTag.Int: return Scalar(ValueLayout.Int, ref position);
            case WireTag.Float: return Scalar(ValueLayout.Float, ref position);
            case WireTag.Complex: return Scalar(ValueLayout.Complex, ref position);
            case WireTag.Pose: return Scalar(ValueLayout.Pose, ref position);
            case WireTag.Str: return ValueLayout.Str(Capacity(ref position));
            case WireTag.Bytes: return ValueLayout.Bytes(Capacity(ref position));
            case WireTag.ByteArray: return ValueLayout.ByteArray(Capacity(ref position));
            case WireTag.NDArray: return Array(ref position);
            case WireTag.Dict: return Dict(ref position, depth);
            case WireTag.Tuple or WireTag.List or WireTag.Set: return Sequence((WireTag)tag, ref position, depth);
            default:
                throw new BadLayoutException(
                    $"the type tag at {position - 1} is {tag}, and there are only 0 to {(int)WireTag.Dict}, "
                    + $"{(int)WireTag.List} (list), {(int)WireTag.Set} (set) and {(int)WireTag.Tuple} (tuple)");
        }
    }

    private readonly ValueLayout Scalar(ValueLayout layout, ref int position)
    {
        Take(layout.DataSize, ref position);
        return layout;
    }

    private readonly int Capacity(ref int position)
    {
        ulong size = UInt64(ref position);
        int taken = Take(size, ref position);
        return taken >= 1 ? taken - 1 : throw new BadLayoutException($"the bytes at {position} have no room for their end mark");
    }

    private readonly ArrayLayout Array(ref int position)
    {
        byte dtype = Byte(ref position);
        if (dtype >= DTypes.Count)
        {
            throw new BadLayoutException($"the dtype at {position - 1} is {dtype}, and there are only 0 to {DTypes.Count - 1}");
        }

        ulong rank = UInt64(ref position);
        if (rank > ArrayLayout.MaxRank)
        {
            throw new BadLayoutException($"the array at {position} has {rank} dimensions, and at most {ArrayLayout.MaxRank} are read");
        }

        var shape = ImmutableArray.CreateBuilder<int>((int)rank);
        ulong size = (ulong)DTypes.SizeOf((DType)dtype);
        for (ulong i = 0; i < rank; i++)
        {
            ulong length = UInt64(ref position);
            // Both factors are below 2^31 when they are multiplied, so that the product can't wrap around; and no step may be
            // larger than a layout can be, even where a length of 0 follows.
            if (length > ObjectLayout.MaxBufferSize || (size *= length) > ObjectLayout.MaxBufferSize)
            {
                throw new BadLayoutException($"the array at {position} is larger than any segment");
            }

            shape.Add((int)length);
        }

        Take(size, ref position);
        return new ArrayLayout((DType)dtype, shape.MoveToImmutable());
    }

    private DictLayout Dict(ref int position, int depth)
    {
        CheckDepth(depth);
        ulong size = UInt64(ref position);
        int start = position;
        int end = start + Take(size, ref position);
        position = start;
        var items = ImmutableArray.CreateBuilder<DictItem>();
        while (position < end)
        {
            byte keyTag = Byte(ref position);
            if (keyTag > (byte)DictArea.LastKeyTag)
            {
                throw new BadLayoutException($"the key at {position - 1} has the tag {keyTag}, and keys have 0 to {(int)DictArea.LastKeyTag}");
            }

            int keyStart = position;
            ValueLayout key = Value(keyTag, ref position, depth + 1);
            // A copy: what names the key from here on must not change under its reader.
            byte[] keyData = _bytes[keyStart..position].ToArray();
            items.Add(new DictItem(new DictKey(key, keyData), Value(Byte(ref position), ref position, depth + 1)));
        }

        return position == end
            ? new DictLayout(items.DrainToImmutable())
            : throw new BadLayoutException($"the dict at {start} has {end - start} bytes, and its items {position - start}");
    }

    private SequenceLayout Sequence(WireTag tag, ref int position, int depth)
    {
        CheckDepth(depth);
        ulong size = UInt64(ref position);
        int start = position;
        int end = start + Take(size, ref position);
        position = start;
        ulong count = UInt64(ref position);
        var slots = ImmutableArray.CreateBuilder<ValueLayout>();
        while (position < end)
        {
            byte slotTag = Byte(ref position);
            if (tag == WireTag.Set && slotTag > (byte)DictArea.LastKeyTag && slotTag != (byte)WireTag.Tuple)
            {
                throw new BadLayoutException(
                    $"the set's element at {position - 1} has the tag {slotTag}, and such elements have 0 to {(int)DictArea.LastKeyTag} "
                    + $"or {(int)WireTag.Tuple}");
            }

            int slotStart = position;
            ValueLayout slot = Value(slotTag, ref position, depth + 1);
            if (tag == WireTag.Set && !SetElements.CanBe(slot))
            {
                throw new BadLayoutException($"the tuple at {slotStart}, an element of a set, has an element that can't be in one");
            }

            slots.Add(slot);
        }

        if (position != end)
        {
            throw new BadLayoutException($"the {tag} at {start} has {end - start} bytes, and its slots {position - start}");
        }

        if (count > (ulong)slots.Count || (tag == WireTag.Tuple && count != (ulong)slots.Count))
        {
            throw new BadLayoutException($"the {tag} at {start} has {count} elements in {slots.Count} slots");
        }

        return new SequenceLayout(tag, slots.DrainToImmutable());
    }

    private static void CheckDepth(int depth)
    {
        if (depth == DictArea.MaxDepth)
        {
            throw new BadLayoutException($"dicts, tuples, lists and sets are nested more than {DictArea.MaxDepth} deep");
        }
    }

    private readonly byte Byte(ref int position) => _bytes[Take(1, ref position, out int start) > 0 ? start : 0];

    private readonly ulong UInt64(ref int position)
    {
        Take(sizeof(ulong), ref position, out int start);
        return BinaryPrimitives.ReadUInt64LittleEndian(_bytes[start..]);
    }

    private readonly int Take(int count, ref int position) => Take((ulong)count, ref position);

    private readonly int Take(ulong count, ref int position)
    {
        if (count > (ulong)(_bytes.Length - position))
        {
            throw new BadLayoutException($"it ends at {_bytes.Length}, and what is at {position} needs {count} bytes");
        }

        position += (int)count;
        return (int)count;
    }

    private readonly int Take(ulong count, ref int position, out int start)
    {
        start = position;
        return Take(count, ref position);
    }

    private sealed class BadLayoutException(string message) : Exception(message);
}
