using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Numerics;
using System.Runtime.CompilerServices;
using SharedObjects.Internals;

namespace SharedObjects.Wire;

/// <summary>Values whose type is known only at run time: what they look like in C#, and how they are laid out, read and written.</summary>
/// <remarks>
/// In canonical form a value is null, <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, <see cref="Complex"/>,
/// <see cref="Pose"/>, <see cref="string"/>, <c>byte[]</c> (bytes), <see cref="ByteArray"/>, <see cref="NDArray"/>,
/// <see cref="SharedDict"/>, <see cref="SharedTuple"/>, <see cref="SharedList"/> or <see cref="SharedSet"/>.
/// </remarks>
internal static class UntypedValue
{
    /// <summary>The canonical form of a value; other numbers, arrays, tuples and lists are taken as what they are on the wire.</summary>
    /// <exception cref="SharedValueException">The value is of a type that can't be shared.</exception>
    internal static object? Normalise(object? value, string objectName, int depth = 0)
    {
        switch (value)
        {
            case null or bool or long or double or Complex or Pose or string or byte[] or ByteArray:
                return value;
            case int or short or sbyte or byte or uint or ushort:
                return Convert.ToInt64(value, Error.Culture);
            case ulong number:
                return number <= long.MaxValue
                    ? (long)number
                    : throw Error.ValueDoesNotFit(objectName, null, $"an integer up to {long.MaxValue}", number.ToString(Error.Culture));
            case float number:
                return (double)number;
            case { } when UntypedArray.Find(value, objectName) is { } array:
                return array;
            case SharedDict dict:
                return NormaliseDict(dict, objectName, depth);
            case SharedSet set:
                return NormaliseSet(set, objectName, depth);
            case SharedTuple tuple:
                return SharedTuple.From(NormaliseElements(tuple, objectName, depth));
            case ITuple tuple:
                return SharedTuple.From(NormaliseElements(Enumerable.Range(0, tuple.Length).Select(i => tuple[i]), objectName, depth));
            case SharedList list:
                return SharedList.From(NormaliseElements(list, objectName, depth));
            case IList list when value is not Array { Rank: not 1 }:
                return SharedList.From(NormaliseElements(list.Cast<object?>(), objectName, depth));
            default:
                throw Error.NotShareable(objectName, value, "Shareable are bool, integers, floating-point numbers, Complex, Pose, string, byte[], "
                    + "ByteArray, arrays and tensors of numbers, NDArray, Vector3, Quaternion, Matrix4x4, SharedDict, SharedTuple and tuples, SharedList and lists, and SharedSet.");
        }
    }

    /// <summary>The layout of a new object for a value in canonical form.</summary>
    /// <exception cref="SharedValueException">A text has a lone surrogate, or a key is of a type that can't be one.</exception>
    internal static ValueLayout LayoutOf(object? value, CapacityRule capacities, string objectName)
    {
        return value switch
        {
            null => ValueLayout.None,
            bool => ValueLayout.Bool,
            long => ValueLayout.Int,
            double => ValueLayout.Float,
            Complex => ValueLayout.Complex,
            Pose => ValueLayout.Pose,
            string text => ValueLayout.Str(Capacity(WireValue.Utf8Length(text, objectName, null))),
            byte[] bytes => ValueLayout.Bytes(Capacity(bytes.Length)),
            ByteArray array => ValueLayout.ByteArray(Capacity(array.Bytes.Length)),
            NDArray array => array.Layout,
            SharedTuple tuple => new SequenceLayout(WireTag.Tuple, Slots(tuple)),
            SharedList list => new SequenceLayout(WireTag.List, Slots(list)),
            SharedSet set => SetElements.LayoutOf(set, capacities, objectName),
            _ => DictLayout((SharedDict)value),
        };

        ImmutableArray<ValueLayout> Slots(SharedSequence elements) =>
            [.. elements.Select(element => LayoutOf(element, capacities, objectName))];

        int Capacity(int length) => capacities.For(length);

        DictLayout DictLayout(SharedDict dict)
        {
            var items = ImmutableArray.CreateBuilder<DictItem>(dict.Count);
            foreach ((object? key, object? item) in dict)
            {
                ValueLayout keyLayout = LayoutOf(key, capacities, objectName);
                byte[] keyData = new byte[keyLayout.DataSize];
                WriteWhole(keyLayout, key, keyData);
                items.Add(new DictItem(new DictKey(keyLayout, keyData), LayoutOf(item, capacities, objectName)));
            }

            return new DictLayout(items.MoveToImmutable());
        }
    }

    /// <summary>What keeps a value in canonical form from being written into an object of a layout, or null.</summary>
    internal static string? Misfit(ValueLayout layout, object? value, string objectName)
    {
        switch (layout)
        {
            case BytesLayout bytes:
                int? length = (bytes.Tag, value) switch
                {
                    (WireTag.Str, string text) => WireValue.Utf8Length(text, objectName, null),
                    (WireTag.Bytes, byte[] payload) => payload.Length,
                    (WireTag.ByteArray, ByteArray payload) => payload.Bytes.Length,
                    _ => null,
                };
                return length <= bytes.Capacity ? null : Difference(length is null ? null : $"{length} bytes");
            case DictLayout dict when value is SharedDict items:
                return DictMisfit(dict, items, objectName);
            case SequenceLayout { Tag: WireTag.Set } sequence when value is SharedSet set:
                return SetElements.Arrange(sequence, set, objectName, out object?[] arranged)
                    ?? SequenceMisfit(sequence, arranged, objectName);
            case SequenceLayout { Tag: WireTag.Tuple } sequence when value is SharedTuple elements:
                return SequenceMisfit(sequence, elements, objectName);
            case SequenceLayout { Tag: WireTag.List } sequence when value is SharedList elements:
                return SequenceMisfit(sequence, elements, objectName);
            default:
                ValueLayout own = LayoutOf(value, CapacityRule.OfPython(BytesArea.DefaultInitSize), objectName);
                return layout.DifferenceFrom(own, compareKeys: false);
        }

        string Difference(string? found) => $"expected {layout}, found {found ?? LayoutOf(value, CapacityRule.OfPython(BytesArea.DefaultInitSize), objectName).ToString()}";
    }

    /// <summary>Reads a value; the layout has been checked to be the one of these bytes, keys included.</summary>
    /// <param name="layout">The value's layout.</param>
    /// <param name="data">The value's data area.</param>
    /// <param name="context">The object, for messages.</param>
    internal static object? Read(ValueLayout layout, ReadOnlySpan<byte> data, in CodecContext context)
    {
        switch (layout)
        {
            case BytesLayout bytes:
                ReadOnlySpan<byte> payload = WireValue.Payload(data, 0, bytes.Capacity);
                return bytes.Tag switch
                {
                    WireTag.Str => WireValue.ReadString(data, 0, bytes.Capacity, context),
                    WireTag.Bytes => payload.ToArray(),
                    _ => new ByteArray(payload.ToArray()),
                };
            case ArrayLayout array:
                byte[] elements = data.Slice(array.ElementsOffset, array.ElementsSize).ToArray();
                if (array.DType == DType.Bool)
                {
                    WireArray.Normalise(elements);
                }

                return new NDArray(array, elements);
            case DictLayout dict:
                var result = new SharedDict();
                int at = DictArea.ItemsOffset;
                foreach (DictItem item in dict.Items)
                {
                    object? key = Read(item.Key.Layout, item.Key.Data.Span, context);
                    at += 2 + item.Key.Layout.DataSize;
                    // A key that is there twice (Python can't write that) has its last value, as a dict literal would.
                    result[key] = Read(item.Value, data.Slice(at, item.Value.DataSize), context);
                    at += item.Value.DataSize;
                }

                return result;
            case SequenceLayout sequence:
                return ReadSequence(sequence, data, context);
            default:
                return layout.Tag switch
                {
                    WireTag.None => null,
                    WireTag.Bool => WireValue.ReadBool(data, 0),
                    WireTag.Int => WireValue.ReadInt(data, 0),
                    WireTag.Float => WireValue.ReadFloat(data, 0),
                    WireTag.Complex => WireValue.ReadComplex(data, 0),
                    _ => WireValue.ReadPose(data, 0),
                };
        }
    }

    /// <summary>Writes a value that <see cref="Misfit"/> has passed, keys included; other fixed bytes are there already.</summary>
    internal static void Write(ValueLayout layout, object? value, Span<byte> data)
    {
        switch (value)
        {
            case null: break;
            case bool flag: WireValue.WriteBool(data, 0, flag); break;
            case long number: WireValue.WriteInt(data, 0, number); break;
            case double number: WireValue.WriteFloat(data, 0, number); break;
            case Complex number: WireValue.WriteComplex(data, 0, number); break;
            case Pose pose: WireValue.WritePose(data, 0, pose); break;
            case string text: WireValue.WriteString(data, 0, ((BytesLayout)layout).Capacity, text); break;
            case byte[] bytes: WireValue.WriteBytes(data, 0, ((BytesLayout)layout).Capacity, bytes); break;
            case ByteArray array: WireValue.WriteBytes(data, 0, ((BytesLayout)layout).Capacity, array.Bytes); break;
            case NDArray array: array.Bytes.CopyTo(data[((ArrayLayout)layout).ElementsOffset..]); break;
            case SharedSequence elements: WriteElements((SequenceLayout)layout, elements, data); break;
            case SharedSet set:
                SetElements.Arrange((SequenceLayout)layout, set, objectName: "", out object?[] arranged);
                WriteElements((SequenceLayout)layout, arranged, data);
                break;
            default:
                int at = DictArea.ItemsOffset, index = 0;
                foreach ((object? key, object? item) in (SharedDict)value)
                {
                    DictItem itemLayout = ((DictLayout)layout).Items[index++];
                    int keySize = itemLayout.Key.Layout.DataSize;
                    Write(itemLayout.Key.Layout, key, data.Slice(at + 1, keySize));
                    at += 2 + keySize;
                    Write(itemLayout.Value, item, data.Slice(at, itemLayout.Value.DataSize));
                    at += itemLayout.Value.DataSize;
                }

                break;
        }
    }

    /// <summary>The Python type that a tag stands for.</summary>
    internal static string NameOf(WireTag tag) => tag switch
    {
        WireTag.Dict => "dict",
        WireTag.Tuple => "tuple",
        WireTag.List => "list",
        WireTag.Set => "set",
        _ => tag.ToString(),
    };

    private static SharedDict NormaliseDict(SharedDict dict, string objectName, int depth)
    {
        CheckDepth(objectName, depth);
        var normal = new SharedDict();
        foreach ((object? key, object? item) in dict)
        {
            CheckHashable(key, "A dict's key", objectName);
            normal.Add(key, Normalise(item, objectName, depth + 1));
        }

        return normal;
    }

    private static object?[] NormaliseElements(IEnumerable<object?> elements, string objectName, int depth)
    {
        CheckDepth(objectName, depth);
        return [.. elements.Select(element => Normalise(element, objectName, depth + 1))];
    }

    private static SharedSet NormaliseSet(SharedSet set, string objectName, int depth)
    {
        CheckDepth(objectName, depth);
        foreach (object? element in set)
        {
            CheckElement(element, objectName, depth + 1);
        }

        return set;
    }

    private static void CheckElement(object? element, string objectName, int depth)
    {
        if (element is SharedTuple tuple)
        {
            CheckDepth(objectName, depth);
            foreach (object? item in tuple)
            {
                CheckElement(item, objectName, depth + 1);
            }
        }
        else
        {
            CheckHashable(element, "An element of a set (or of a tuple in one)", objectName);
        }
    }

    private static void CheckDepth(string objectName, int depth)
    {
        if (depth == DictArea.MaxDepth)
        {
            throw Error.ValueDoesNotFit(
                objectName, null, $"dicts, tuples, lists and sets nested at most {DictArea.MaxDepth} deep", "one nested deeper");
        }
    }

    private static void CheckHashable(object? key, string what, string objectName)
    {
        if (key is not (null or bool or long or double or Complex or Pose or string or byte[]))
        {
            throw Error.NotShareable(objectName, key, $"{what} can be null, bool, long, double, Complex, Pose, string or byte[].");
        }
    }

    private static object ReadSequence(SequenceLayout layout, ReadOnlySpan<byte> data, in CodecContext context)
    {
        int count = WireSequence.Count(data, 0, layout.Slots.Length, context);
        object?[] elements = new object?[count];
        int at = SequenceArea.SlotsOffset;
        for (int i = 0; i < count; i++)
        {
            ValueLayout slot = layout.Slots[i];
            elements[i] = Read(slot, data.Slice(at + 1, slot.DataSize), context);
            at += 1 + slot.DataSize;
        }

        if (layout.Tag != WireTag.Set)
        {
            return layout.Tag == WireTag.Tuple ? SharedTuple.From(elements) : SharedList.From(elements);
        }

        var set = SharedSet.Create(elements);
        return set.Count == count ? set : throw Error.DuplicateElement(context, null);
    }

    private static void WriteElements(SequenceLayout layout, IReadOnlyList<object?> elements, Span<byte> data)
    {
        SequenceArea.WriteCount(data, elements.Count);
        int at = SequenceArea.SlotsOffset;
        for (int i = 0; i < elements.Count; i++)
        {
            ValueLayout slot = layout.Slots[i];
            Write(slot, elements[i], data.Slice(at + 1, slot.DataSize));
            at += 1 + slot.DataSize;
        }
    }

    private static string? SequenceMisfit(SequenceLayout layout, IReadOnlyList<object?> elements, string objectName)
    {
        if (layout.Tag == WireTag.Tuple ? elements.Count != layout.Slots.Length : elements.Count > layout.Slots.Length)
        {
            string most = layout.Tag == WireTag.Tuple ? "" : "at most ";
            return $"expected {most}{layout.Slots.Length} elements, found {elements.Count}";
        }

        for (int i = 0; i < elements.Count; i++)
        {
            if (Misfit(layout.Slots[i], elements[i], objectName) is { } misfit)
            {
                return $"[{i}]: {misfit}";
            }
        }

        return null;
    }

    private static string? DictMisfit(DictLayout layout, SharedDict dict, string objectName)
    {
        int index = 0;
        foreach ((object? key, object? item) in dict)
        {
            if (index == layout.Items.Length)
            {
                return $"expected {layout.Items.Length} items, found {dict.Count}";
            }

            DictItem itemLayout = layout.Items[index++];
            if (Misfit(itemLayout.Key.Layout, key, objectName) is { } keyMisfit)
            {
                return $"the key of item {index - 1}: {keyMisfit}";
            }

            if (Misfit(itemLayout.Value, item, objectName) is { } misfit)
            {
                return $"{itemLayout.Key}: {misfit}";
            }
        }

        return index == layout.Items.Length ? null : $"expected {layout.Items.Length} items, found {dict.Count}";
    }

    /// <summary>Writes a key's whole data area, its size included: keys are scalars or byte strings.</summary>
    /// <summary>Writes a value with its fixed bytes.</summary>
    internal static void WriteWhole(ValueLayout layout, object? value, Span<byte> data)
    {
        var parts = new FixedPartsBuilder(0);
        layout.AppendFixed(parts);
        parts.Build().CopyTo(data);
        Write(layout, value, data);
    }
}
