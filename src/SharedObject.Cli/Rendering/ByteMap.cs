using System.Collections.Generic;
using System.Globalization;
using SharedObjects.Cli.Segments;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Rendering;

/// <summary>What each byte of a segment is, from its layout.</summary>
internal sealed class ByteMap
{
    private readonly List<Entry> _entries = [];

    private ByteMap()
    {
    }

    /// <summary>A run of bytes.</summary>
    /// <param name="Offset">Where it begins in the segment.</param>
    /// <param name="Size">Its length in bytes.</param>
    /// <param name="Field">What the format calls it.</param>
    /// <param name="Description">What stands there.</param>
    internal sealed record Entry(int Offset, int Size, string Field, string Description);

    internal static IReadOnlyList<Entry> Of(SegmentCopy copy)
    {
        ObjectLayout layout = copy.Layout;
        var map = new ByteMap();
        map.Add(ObjectHeader.StampOffset, sizeof(ulong), "mtime", "ns since the epoch of the last assign or trigger");
        map.Add(ObjectHeader.TagOffset, 1, "tag", TagText(layout.Value));
        int end = copy.Outline.IsDynamic ? map.AddFixed() : map.AddData(layout.Value, ObjectHeader.DataOffset, "");
        if (copy.Outline.HasTrailer)
        {
            map.AddTrailer(end, TrailerArea.OffsetFor(layout.BufferSize));
        }

        if (copy.Outline.IsDynamic)
        {
            map.AddDynamicValue(copy);
        }

        return map._entries;
    }

    private void Add(int offset, int size, string field, string description) => _entries.Add(new Entry(offset, size, field, description));

    private int AddFixed()
    {
        const int LengthEnd = DynamicArea.LengthOffset + sizeof(ulong);
        Add(DynamicArea.VersionOffset, 1, "version", Number(DynamicArea.Version));
        Add(DynamicArea.VersionOffset + 1, DynamicArea.LengthOffset - DynamicArea.VersionOffset - 1, "(zeros)", "");
        Add(DynamicArea.LengthOffset, sizeof(ulong), "length", "of the value that is there now");
        Add(LengthEnd, DynamicArea.FixedSize - LengthEnd, "(zeros)", "");
        return DynamicArea.FixedSize;
    }

    private void AddDynamicValue(SegmentCopy copy)
    {
        int end = copy.Outline.Size;
        if (copy.HeldLayout is { } value)
        {
            Add(DynamicArea.ValueOffset, 1, "tag", TagText(value.Value));
            AddData(value.Value, DynamicArea.ValueOffset + 1, "");
        }
        else
        {
            Add(DynamicArea.ValueOffset, end - DynamicArea.ValueOffset, "value", $"can't be read: {copy.Problem}");
        }

        if (copy.Outline.Status.Size > end)
        {
            Add(end, (int)copy.Outline.Status.Size - end, "(room)", "to grow");
        }
    }

    private int AddData(ValueLayout layout, int at, string path)
    {
        switch (layout)
        {
            case BytesLayout bytes:
                Add(at, sizeof(ulong), "D", Number(bytes.Capacity + 1));
                Add(at + BytesArea.PayloadOffset, bytes.Capacity + 1, Path("payload", path), $"{bytes.TypeName}, up to {bytes.Capacity} bytes and 0xFF, then zeros");
                break;
            case ArrayLayout array:
                Add(at, 1, "dtype", $"{(int)array.DType}: {DTypes.NameOf(array.DType)}");
                Add(at + 1, sizeof(ulong), "ndim", Number(array.Shape.Length));
                for (int i = 0; i < array.Shape.Length; i++)
                {
                    Add(at + 1 + (sizeof(ulong) * (i + 1)), sizeof(ulong), $"shape[{i}]", Number(array.Shape[i]));
                }

                Add(at + array.ElementsOffset, array.ElementsSize, Path("elements", path), $"{LayoutText.Short(array)} in C order");
                break;
            case DictLayout dict:
                AddItems(dict, at, path);
                break;
            case SequenceLayout sequence:
                AddSlots(sequence, at, path);
                break;
            default:
                if (layout.DataSize > 0)
                {
                    Add(at, layout.DataSize, Path("value", path), layout.Tag switch
                    {
                        WireTag.Bool => "bool: 0 is False",
                        WireTag.Int => "i64",
                        WireTag.Float => "f64",
                        WireTag.Complex => "f64 real, f64 imaginary",
                        _ => "f32 x y z, then the quaternion w x y z",
                    });
                }

                break;
        }

        return at + layout.DataSize;
    }

    private void AddItems(DictLayout dict, int at, string path)
    {
        Add(at, sizeof(ulong), "L", Number(dict.DataSize - DictArea.ItemsOffset));
        at += DictArea.ItemsOffset;
        foreach (DictItem item in dict.Items)
        {
            ValueLayout key = item.Key.Layout;
            Add(at, 1, "tag", $"{TagText(key)} (a key)");
            string capacity = key is BytesLayout bytes ? $", capacity {bytes.Capacity}" : "";
            Add(at + 1, key.DataSize, "key", $"{Names.Printable(item.Key.ToString())}{capacity}");
            at += 1 + key.DataSize;
            Add(at, 1, "tag", TagText(item.Value));
            at = AddData(item.Value, at + 1, Names.Printable($"{path}[{item.Key}]"));
        }
    }

    private void AddSlots(SequenceLayout sequence, int at, string path)
    {
        Add(at, sizeof(ulong), "L", Number(sequence.DataSize - SequenceArea.CountOffset));
        Add(at + SequenceArea.CountOffset, sizeof(ulong), "count", $"how many of the {sequence.Slots.Length} slots are elements");
        at += SequenceArea.SlotsOffset;
        for (int i = 0; i < sequence.Slots.Length; i++)
        {
            Add(at, 1, "tag", TagText(sequence.Slots[i]));
            at = AddData(sequence.Slots[i], at + 1, $"{path}[{i}]");
        }
    }

    private void AddTrailer(int end, int at)
    {
        if (at > end)
        {
            Add(end, at - end, "(zeros)", $"up to a multiple of {TrailerArea.Alignment}");
        }

        Add(at + TrailerArea.MagicOffset, sizeof(ulong), "magic", "SHOBTRL and the trailer's version");
        Add(at + TrailerArea.WritingOffset, sizeof(ulong), "writing", "the stamp of a write that has not ended, or 0");
        Add(at + TrailerArea.CommitOffset, sizeof(ulong), "commit", "the stamp of the last whole write, or 0");
        Add(at + TrailerArea.SchemaHashOffset, sizeof(ulong), "schema hash", "of the C# schema that made it, or 0");
        const int FirstLineEnd = TrailerArea.SchemaHashOffset + sizeof(ulong);
        Add(at + FirstLineEnd, TrailerArea.WakeOffset - FirstLineEnd, "(zeros)", "");
        Add(at + TrailerArea.WakeOffset, sizeof(uint), "wake", "grows with each write; the futex word");
        Add(at + TrailerArea.WaitersOffset, sizeof(uint), "waiters", "how many sleep on it");
        const int WordsEnd = TrailerArea.WaitersOffset + sizeof(uint);
        Add(at + WordsEnd, TrailerArea.Size - WordsEnd, "(zeros)", "");
    }

    private static string TagText(ValueLayout layout) => $"{(int)layout.Tag}: {LayoutText.Type(layout)}";

    private static string Path(string field, string path) => path.Length == 0 ? field : $"{field} {path}";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
