using System;
using System.Collections.Generic;
using System.Linq;

namespace SharedObjects.Wire;

/// <summary>Which slot of a set each of its elements gets.</summary>
/// <remarks>
/// The order of a set has no meaning, and Python's differs from run to run. So that an assign finds a slot for each element, and
/// equal sets have equal bytes, elements are written in the order of their tags, those of one tag in the order of their bytes (of a
/// text its payload, of all others the data area). In a new set, slots of one tag have one capacity: what the largest element gets.
/// </remarks>
internal static class SetElements
{
    /// <summary>The layout of a new object for a set whose elements can all be keys.</summary>
    internal static SequenceLayout LayoutOf(SharedSet set, CapacityRule capacities, string objectName)
    {
        ValueLayout[] layouts = [.. set.Select(element => UntypedValue.LayoutOf(element, capacities, objectName))];
        var largest = new Dictionary<WireTag, ValueLayout>();
        foreach (ValueLayout layout in layouts)
        {
            if (!largest.TryGetValue(layout.Tag, out ValueLayout? known) || layout.DataSize > known.DataSize)
            {
                largest[layout.Tag] = layout;
            }
        }

        return new SequenceLayout(
            WireTag.Set, [.. layouts.Select(layout => layout.Tag).Order().Select(tag => largest[tag])]);
    }

    /// <summary>The elements in the order of the slots.</summary>
    /// <returns>Why there is none, or null.</returns>
    internal static string? Arrange(SequenceLayout layout, SharedSet set, string objectName, out object?[] arranged)
    {
        arranged = new object?[set.Count];
        if (set.Count > layout.Slots.Length)
        {
            return $"expected at most {layout.Slots.Length} elements, found {set.Count}";
        }

        var byTag = set
            .Select(element => (Tag: TagOf(element), Element: element, Bytes: BytesOf(element, objectName)))
            .GroupBy(item => item.Tag)
            .ToDictionary(
                group => group.Key,
                group => new Queue<object?>(group.OrderBy(item => item.Bytes, ByteOrder.Instance).Select(item => item.Element)));
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

    private static WireTag TagOf(object? element) => UntypedValue.LayoutOf(element, CapacityRule.AsNeeded, "").Tag;

    private static byte[] BytesOf(object? element, string objectName)
    {
        if (element is byte[] bytes)
        {
            return bytes;
        }

        ValueLayout layout = UntypedValue.LayoutOf(element, CapacityRule.AsNeeded, objectName);
        byte[] data = new byte[layout.DataSize];
        UntypedValue.Write(layout, element, data);
        return layout is BytesLayout ? BytesArea.Payload(data.AsSpan(BytesArea.PayloadOffset)).ToArray() : data;
    }

    private sealed class ByteOrder : IComparer<byte[]>
    {
        internal static readonly ByteOrder Instance = new();

        public int Compare(byte[]? left, byte[]? right) => left.AsSpan().SequenceCompareTo(right);
    }
}
