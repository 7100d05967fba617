using System;
using System.Collections.Immutable;
using System.Linq;

namespace SharedObjects.Wire;

/// <summary>The layout of a dict: its items in order, each with its key.</summary>
public sealed class DictLayout : ValueLayout
{
    internal DictLayout(ImmutableArray<DictItem> items)
        : base(WireTag.Dict, SizeFor(items))
    {
        Items = items;
        HasSpareSlots = items.Any(item => item.Value.HasSpareSlots);
    }

    /// <summary>The items in order.</summary>
    public ImmutableArray<DictItem> Items { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        "dict {" + string.Join(", ", Items.Select(item => $"{item.Key}: {item.Value}")) + "}";

    internal override bool HasSpareSlots { get; }

    internal override void AppendFixed(FixedPartsBuilder parts)
    {
        parts.AppendSize(DataSize - DictArea.ItemsOffset);
        foreach (DictItem item in Items)
        {
            parts.AppendTag(item.Key.Layout.Tag);
            parts.Append(item.Key.Data.Span);
            parts.AppendTag(item.Value.Tag);
            item.Value.AppendFixed(parts);
        }
    }

    internal override void WriteInitialValue(Span<byte> data)
    {
        int at = DictArea.ItemsOffset;
        foreach (DictItem item in Items)
        {
            at += 2 + item.Key.Layout.DataSize;
            item.Value.WriteInitialValue(data.Slice(at, item.Value.DataSize));
            at += item.Value.DataSize;
        }
    }

    private protected override string? DifferenceFromSameTag(ValueLayout found, bool compareKeys)
    {
        ImmutableArray<DictItem> others = ((DictLayout)found).Items;
        for (int i = 0; i < Math.Min(Items.Length, others.Length); i++)
        {
            DictItem mine = Items[i], other = others[i];
            if (compareKeys ? !mine.Key.Equals(other.Key) : mine.Key.Layout.DifferenceFrom(other.Key.Layout, false) is not null)
            {
                return $"item {i}: expected the key {mine.Key.Describe()}, found {other.Key.Describe()}";
            }

            if (mine.Value.DifferenceFrom(other.Value, compareKeys) is { } difference)
            {
                return $"{mine.Key}: {difference}";
            }
        }

        return Items.Length == others.Length
            ? null
            : $"expected {Items.Length} items, found {others.Length}"
                + (Items.Length > others.Length
                    ? $"; missing: {string.Join(", ", Items.Skip(others.Length).Select(item => item.Key))}"
                    : $"; not expected: {string.Join(", ", others.Skip(Items.Length).Select(item => item.Key))}");
    }

    private static int SizeFor(ImmutableArray<DictItem> items)
    {
        long size = DictArea.ItemsOffset;
        foreach (DictItem item in items)
        {
            size += 2L + item.Key.Layout.DataSize + item.Value.DataSize;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, ObjectLayout.MaxBufferSize, nameof(items));
        return (int)size;
    }
}
