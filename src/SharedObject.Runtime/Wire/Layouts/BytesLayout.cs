using System;

namespace SharedObjects.Wire;

/// <summary>The layout of a <c>str</c>, <c>bytes</c> or <c>bytearray</c>.</summary>
public sealed class BytesLayout : ValueLayout
{
    internal BytesLayout(WireTag tag, int capacity)
        : base(tag, SizeFor(capacity))
    {
        Capacity = capacity;
    }

    /// <summary>How many bytes the payload may have: D - 1.</summary>
    public int Capacity { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{TypeName} of up to {Capacity} bytes";

    internal string TypeName => Tag switch
    {
        WireTag.Str => "str",
        WireTag.Bytes => "bytes",
        _ => "bytearray",
    };

    internal override void AppendFixed(FixedPartsBuilder parts)
    {
        parts.AppendSize(Capacity + 1);
        parts.Skip(Capacity + 1);
    }

    internal override void WriteInitialValue(Span<byte> data) => BytesArea.WritePayload(data[BytesArea.PayloadOffset..], []);

    private protected override string? DifferenceFromSameTag(ValueLayout found, bool compareKeys) =>
        Capacity == ((BytesLayout)found).Capacity ? null : Difference(this, found);

    private static int SizeFor(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, ObjectLayout.MaxBufferSize);
        return BytesArea.PayloadOffset + capacity + 1;
    }
}
