using SharedObjects.Wire;

namespace SharedObjects.Cli.Rendering;

/// <summary>Layouts in a few words.</summary>
internal static class LayoutText
{
    /// <summary>The type as Python and numpy call it: <c>float</c>, <c>float64 (7,)</c>, <c>dict of 5</c>.</summary>
    internal static string Short(ValueLayout layout) => layout switch
    {
        ArrayLayout array => array.ToString()["ndarray ".Length..],
        DictLayout dict => $"dict of {dict.Items.Length}",
        SequenceLayout { Tag: WireTag.Tuple } tuple => $"tuple of {tuple.Slots.Length}",
        SequenceLayout sequence => $"{sequence.TypeName} of <= {sequence.Slots.Length}",
        BytesLayout bytes => $"{bytes.TypeName} <= {bytes.Capacity}",
        DynamicLayout => "dynamic",
        _ => layout.ToString(),
    };

    /// <summary>The type alone, as in the JSON form of values.</summary>
    internal static string Type(ValueLayout layout) => layout.Tag switch
    {
        WireTag.None => "none",
        WireTag.Pose => "pose",
        WireTag.NDArray => "ndarray",
        WireTag.Dict => "dict",
        WireTag.Dynamic => "dynamic",
        WireTag.Tuple or WireTag.List or WireTag.Set => ((SequenceLayout)layout).TypeName,
        _ => layout is BytesLayout bytes ? bytes.TypeName : layout.ToString(),
    };
}
