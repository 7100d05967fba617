using System;
using System.Collections.Immutable;
using System.Linq;

namespace SharedObjects.Wire;

/// <summary>The layout of a <c>tuple</c>, <c>list</c> or <c>set</c>: its slots in order.</summary>
public sealed class SequenceLayout : ValueLayout
{
    internal SequenceLayout(WireTag tag, ImmutableArray<ValueLayout> slots)
        : base(tag, SizeFor(slots))
    {
        Slots = slots;
        HasSpareSlots = (tag != WireTag.Tuple && slots.Length > 0) || slots.Any(slot => slot.HasSpareSlots);
    }

    /// <summary>
    /// The layouts of the slots. A tuple has as many elements as slots; a list or set at most as many, and how many it has is part of
    /// its value.
    /// </summary>
    public ImmutableArray<ValueLayout> Slots { get; }

    /// <inheritdoc/>
    public override string ToString()
    {
        bool isUniform = Slots.Length > 1 && Slots.All(slot => slot.DifferenceFrom(Slots[0], compareKeys: true) is null);
        return Tag == WireTag.Tuple ? $"tuple ({string.Join(", ", Slots)})"
            : isUniform ? $"{TypeName} of up to {Slots.Length} x {Slots[0]}"
            : $"{TypeName} of up to {Slots.Length} ({string.Join(", ", Slots)})";
    }

    internal string TypeName => Tag switch
    {
        WireTag.Tuple => "tuple",
        WireTag.List => "list",
        _ => "set",
    };

    internal override bool HasSpareSlots { get; }

    internal override void AppendFixed(FixedPartsBuilder parts)
    {
        parts.AppendSize(DataSize - SequenceArea.CountOffset);
        if (Tag == WireTag.Tuple)
        {
            parts.AppendSize(Slots.Length);
        }
        else
        {
            parts.Skip(sizeof(ulong));
        }

        foreach (ValueLayout slot in Slots)
        {
            parts.AppendTag(slot.Tag);
            slot.AppendFixed(parts);
        }
    }

    internal override void WriteInitialValue(Span<byte> data)
    {
        int at = SequenceArea.SlotsOffset;
        foreach (ValueLayout slot in Slots)
        {
            slot.WriteInitialValue(data.Slice(at + 1, slot.DataSize));
            at += 1 + slot.DataSize;
        }
    }

    private protected override string? DifferenceFromSameTag(ValueLayout found, bool compareKeys)
    {
        ImmutableArray<ValueLayout> others = ((SequenceLayout)found).Slots;
        if (Slots.Length != others.Length)
        {
            return $"expected {Describe(Slots.Length)}, found {Describe(others.Length)}";
        }

        for (int i = 0; i < Slots.Length; i++)
        {
            if (Slots[i].DifferenceFrom(others[i], compareKeys) is { } difference)
            {
                return $"[{i}]: {difference}";
            }
        }

        return null;

        string Describe(int count) => $"a {TypeName} of {(Tag == WireTag.Tuple ? "" : "up to ")}{count}";
    }

    private static int SizeFor(ImmutableArray<ValueLayout> slots)
    {
        long size = SequenceArea.SlotsOffset;
        foreach (ValueLayout slot in slots)
        {
            size += 1L + slot.DataSize;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, ObjectLayout.MaxBufferSize, nameof(slots));
        return (int)size;
    }
}
