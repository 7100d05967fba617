using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace SharedObjects.Wire;

/// <summary>Which slot of a set each of its elements gets.</summary>
/// <remarks>
/// The order of a set has no meaning, and Python's differs from run to run. So that an assign finds a slot for each element, and
/// equal sets have equal bytes, elements are written in the order of their tags, those of one tag in the order of their bytes (of a
/// text its payload, of all others the data area, where texts in tuples have no capacity to spare). In a new set, slots of one tag have
/// one capacity: what the largest element gets; but for tuples of different types, which each get their own.
/// </remarks>
internal static class SetElements
{
    /// <summary>The layout of a new object for a set whose elements can all be keys.</summary>
    internal static SequenceLayout LayoutOf(SharedSet set, CapacityRule capacities, string objectName)
    {
        var slots = ImmutableArray.CreateBuilder<ValueLayout>(set.Count);
        foreach (IGrouping<WireTag, object?> elements in set.GroupBy(TagOf).OrderBy(group => group.Key))
        {
            ValueLayout[] layouts = [.. elements.Select(element => UntypedValue.LayoutOf(element, capacities, objectName))];
            ValueLayout? common = layouts.Aggregate((ValueLayout?)layouts[0], (common, layout) => common is null ? null : Roomier(common, layout));
            slots.AddRange(common is not null
                ? Enumerable.Repeat(common, layouts.Length)
                : Order(elements, objectName).Select(element => UntypedValue.LayoutOf(element, capacities, objectName)));
        }

        return new SequenceLayout(WireTag.Set, slots.MoveToImmutable());
    }

    /// <summary>Whether values of a layout can be elements of a set: those that can be keys, and tuples of such.</summary>
    internal static bool CanBe(ValueLayout element) => element is SequenceLayout { Tag: WireTag.Tuple } tuple
        ? tuple.Slots.All(CanBe)
        : element.Tag <= DictArea.LastKeyTag;

    /// <summary>The elements in the order of the slots.</summary>
    /// <returns>Why there is none, or null.</returns>
    internal static string? Arrange(SequenceLayout layout, SharedSet set, string objectName, out object?[] arranged)
    {
        arranged = new object?[set.Count];
        if (set.Count > layout.Slots.Length)
        {
            return $"expected at most {layout.Slots.Length} elements, found {set.Count}";
        }

        var byTag = set.GroupBy(TagOf).ToDictionary(group => group.Key, group => new Queue<object?>(Order(group, objectName)));
        for (int i = 0; i < set.Count; i++)
        {
            // Where the slots are not all in use, the first ones must be.
            if (!byTag.TryGetValue(layout.Slots[i].Tag, out Queue<object?>? candidates) || !candidates.TryDequeue(out arranged[i]))
            {
                return $"expected {layout}, found {LayoutOf(set, CapacityRule.OfPython(BytesArea.DefaultInitSize), objectName)}";
            }
        }

        return null;
    }

    /// <summary>What has room for elements of either layout, which are of one tag; null for tuples of different types.</summary>
    private static ValueLayout? Roomier(ValueLayout one, ValueLayout other)
    {
        if (one is not SequenceLayout { Slots: var slots })
        {
            return other.DataSize > one.DataSize ? other : one;
        }

        ImmutableArray<ValueLayout> others = ((SequenceLayout)other).Slots;
        if (!slots.Select(slot => slot.Tag).SequenceEqual(others.Select(slot => slot.Tag)))
        {
            return null;
        }

        ImmutableArray<ValueLayout?> common = [.. slots.Zip(others, Roomier)];
        return common.Contains(null) ? null : new SequenceLayout(WireTag.Tuple, common!);
    }

    private static IEnumerable<object?> Order(IEnumerable<object?> elements, string objectName) =>
        elements.OrderBy(element => BytesOf(element, objectName), ByteOrder.Instance);

    private static WireTag TagOf(object? element) => element is SharedTuple ? WireTag.Tuple : UntypedValue.LayoutOf(element, CapacityRule.AsNeeded, "").Tag;

    private static byte[] BytesOf(object? element, string objectName)
    {
        if (element is byte[] bytes)
        {
            return bytes;
        }

        ValueLayout layout = UntypedValue.LayoutOf(element, CapacityRule.Exact, objectName);
        byte[] data = new byte[layout.DataSize];
        UntypedValue.WriteWhole(layout, element, data);
        return layout is BytesLayout ? BytesArea.Payload(data.AsSpan(BytesArea.PayloadOffset)).ToArray() : data;
    }

    private sealed class ByteOrder : IComparer<byte[]>
    {
        internal static readonly ByteOrder Instance = new();

        public int Compare(byte[]? left, byte[]? right) => left.AsSpan().SequenceCompareTo(right);
    }
}
