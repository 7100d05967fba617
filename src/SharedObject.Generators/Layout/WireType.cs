using System;
using System.Collections.Generic;
using System.Linq;
using SharedObjects.Generators.Helpers;

namespace SharedObjects.Generators.Layout;

/// <summary>The type of a value on the wire, with all that its size depends on.</summary>
/// <remarks>Sizes are <see cref="long"/>, so that what is too large for an object can be seen instead of overflowing.</remarks>
internal abstract record WireType
{
    /// <summary>The size of the data area: what follows the tag.</summary>
    internal abstract long DataSize { get; }

    /// <summary>The type as the runtime's messages and Python users would call it.</summary>
    internal abstract string Description { get; }

    /// <summary>The text that schemas are hashed by: all that the layout depends on, and nothing else.</summary>
    internal abstract string Canonical { get; }
}

internal enum WireScalar
{
    Bool,
    Int,
    Float,
    Complex,
    Pose,
}

/// <summary>A value whose type alone says its size.</summary>
internal sealed record ScalarWire(WireScalar Scalar) : WireType
{
    internal override long DataSize => Scalar switch
    {
        WireScalar.Bool => 1,
        WireScalar.Int or WireScalar.Float => 8,
        WireScalar.Complex => 16,
        WireScalar.Pose => 7 * 4,
        _ => throw new InvalidOperationException($"No such scalar: {Scalar}."),
    };

    internal override string Description => Scalar switch
    {
        WireScalar.Bool => "bool",
        WireScalar.Int => "int",
        WireScalar.Float => "float",
        WireScalar.Complex => "complex",
        _ => "Pose",
    };

    internal override string Canonical => Description;
}

internal enum WireText
{
    Str,
    Bytes,
    ByteArray,
}

/// <summary>A <c>str</c>, <c>bytes</c> or <c>bytearray</c>: u64 D, then D = capacity + 1 bytes.</summary>
internal sealed record TextWire(WireText Text, int Capacity) : WireType
{
    internal override long DataSize => WireConstants.SizeFieldSize + (long)Capacity + 1;

    internal override string Description => $"{Name} of up to {Capacity} bytes";

    internal override string Canonical => $"{Name}({Capacity})";

    private string Name => Text switch
    {
        WireText.Str => "str",
        WireText.Bytes => "bytes",
        _ => "bytearray",
    };

    /// <summary>The capacity Python's rule gives a payload: twice its length if that reaches init_size, else init_size.</summary>
    internal static long CapacityFor(int length, int initSize) => Math.Max(2L * length, initSize);
}

/// <summary>An ndarray: dtype, rank, shape, then the elements in C order.</summary>
internal sealed record ArrayWire(ElementType Element, ImmutableEquatableArray<int> Shape) : WireType
{
    internal int ElementsOffset => WireConstants.ArrayHeadSize + (WireConstants.LengthFieldSize * Shape.Count);

    internal long ElementsSize => Length * Element.Size;

    /// <summary>
    /// How many elements there are. The parser refuses shapes whose product passes <see cref="WireConstants.MaxBufferSize"/>
    /// before it makes an <see cref="ArrayWire"/> of them.
    /// </summary>
    internal long Length => Shape.Aggregate(1L, (product, length) => product * length);

    internal override long DataSize => ElementsOffset + ElementsSize;

    internal override string Description => $"ndarray {Element.NumpyName} {ShapeText}";

    internal override string Canonical => $"{Element.NumpyName}[{string.Join(",", Shape)}]";

    /// <summary>The shape as numpy prints it: <c>(7,)</c>, <c>(480, 848, 3)</c>.</summary>
    internal string ShapeText => Shape.Count == 1 ? $"({Shape[0]},)" : $"({string.Join(", ", Shape)})";
}

/// <summary>A dict: u64 L, then key tag, key, value tag and value of each item.</summary>
internal sealed record DictWire(ImmutableEquatableArray<DictItemWire> Items) : WireType
{
    internal override long DataSize => WireConstants.SizeFieldSize + Items.Sum(item => item.Size);

    internal override string Description => $"dict of {Items.Count} item{(Items.Count == 1 ? "" : "s")}";

    internal override string Canonical => "{" + string.Join(",", Items.Select(item => item.Canonical)) + "}";
}

/// <summary>An item with a <c>str</c> key.</summary>
internal sealed record DictItemWire(string Key, TextWire KeyType, WireType Value)
{
    /// <summary>Where the value's data area begins, counted from the item's first byte.</summary>
    internal long ValueOffset => WireConstants.TagSize + KeyType.DataSize + WireConstants.TagSize;

    internal long Size => ValueOffset + Value.DataSize;

    // The key's length comes first, so that no character in it can be taken for what follows it.
    internal string Canonical =>
        $"{Utf8Text.Length(Key) ?? 0}:{Key}({KeyType.Capacity})={Value.Canonical}";
}

/// <summary>A tuple: u64 L, u64 count, then a tag and a data area for each element.</summary>
internal sealed record TupleWire(ImmutableEquatableArray<WireType> Elements) : WireType
{
    internal override long DataSize =>
        WireConstants.SequenceHeadSize + Elements.Sum(element => WireConstants.TagSize + element.DataSize);

    internal override string Description => $"tuple ({string.Join(", ", Elements.Select(element => element.Description))})";

    internal override string Canonical => $"({string.Join(",", Elements.Select(element => element.Canonical))})";

    /// <summary>Where the data area of each element begins, counted from the tuple's own.</summary>
    internal IEnumerable<int> Offsets()
    {
        long offset = WireConstants.SequenceHeadSize + WireConstants.TagSize;
        foreach (WireType element in Elements)
        {
            yield return checked((int)offset);
            offset += element.DataSize + WireConstants.TagSize;
        }
    }
}

/// <summary>A list or set: as a tuple, with slots of one type of which the first ones are in use.</summary>
internal sealed record ListWire(bool IsSet, WireType Element, int MaxCount) : WireType
{
    /// <summary>A slot, tag included.</summary>
    internal long SlotSize => WireConstants.TagSize + Element.DataSize;

    internal override long DataSize => WireConstants.SequenceHeadSize + (MaxCount * SlotSize);

    internal override string Description => $"{Name} of up to {MaxCount} x {Element.Description}";

    internal override string Canonical => $"{Name}({MaxCount})[{Element.Canonical}]";

    private string Name => IsSet ? "set" : "list";
}
