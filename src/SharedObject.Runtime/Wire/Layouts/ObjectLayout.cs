using System;

namespace SharedObjects.Wire;

/// <summary>The layout of a whole object: the header, and the value behind it.</summary>
public sealed class ObjectLayout
{
    /// <summary>
    /// The largest object, in bytes: a little under 2 GiB, so that every offset in one is an <see cref="int"/> and a
    /// span can hold it.
    /// </summary>
    public const int MaxBufferSize = int.MaxValue - 4096;

    /// <summary>The layout of an object that holds a value of the given layout.</summary>
    /// <param name="value">The layout of the value.</param>
    /// <exception cref="ArgumentOutOfRangeException">The object would be larger than <see cref="MaxBufferSize"/>.</exception>
    public ObjectLayout(ValueLayout value)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.DataSize, MaxBufferSize - ObjectHeader.DataOffset, nameof(value));
        Value = value;
        var parts = new FixedPartsBuilder(ObjectHeader.TagOffset);
        parts.AppendTag(value.Tag);
        value.AppendFixed(parts);
        FixedParts = parts.Build();
    }

    /// <summary>The layout of the value.</summary>
    public ValueLayout Value { get; }

    /// <summary>The size of the object in bytes, header included: Python's <c>buf_size</c>.</summary>
    public int BufferSize => ObjectHeader.DataOffset + Value.DataSize;

    /// <summary>The bytes that stay the same for the life of the object: tags, keys and metadata.</summary>
    public FixedParts FixedParts { get; }

    /// <summary>The layout of the value, as Python would describe it.</summary>
    public override string ToString() => Value.ToString();

    /// <summary>Writes a whole new object, never assigned (mtime 0), into zeroed memory.</summary>
    internal void WriteInitial(Span<byte> bytes)
    {
        FixedParts.CopyTo(bytes);
        Value.WriteInitialValue(bytes.Slice(ObjectHeader.DataOffset, Value.DataSize));
    }
}
