using System;

namespace SharedObjects.Wire;

/// <summary>What is fixed about a dynamic object: that it is one, and the version of its form.</summary>
public sealed class DynamicLayout : ValueLayout
{
    private DynamicLayout()
        : base(WireTag.Dynamic, DynamicArea.FixedSize - ObjectHeader.DataOffset)
    {
    }

    /// <summary>The layout of every dynamic object.</summary>
    internal static ObjectLayout OfObject { get; } = new(new DynamicLayout());

    /// <inheritdoc/>
    public override string ToString() => "dynamic object";

    internal override void AppendFixed(FixedPartsBuilder parts)
    {
        Span<byte> word = stackalloc byte[DynamicArea.LengthOffset - DynamicArea.VersionOffset];
        word.Clear();
        word[0] = DynamicArea.Version;
        parts.Append(word);
        parts.Skip(DynamicArea.FixedSize - DynamicArea.LengthOffset);
    }

    private protected override string? DifferenceFromSameTag(ValueLayout found, bool compareKeys) => null;
}
