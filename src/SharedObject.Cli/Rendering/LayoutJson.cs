using System.Text.Json;
using SharedObjects.Cli.Segments;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Rendering;

/// <summary>Layouts as JSON.</summary>
internal static class LayoutJson
{
    /// <summary>The fields of an outline that <c>list</c> and <c>info</c> share.</summary>
    internal static void WriteSummary(Utf8JsonWriter json, SegmentOutline outline)
    {
        WriteType(json, outline.Layout.Value);
        json.WriteNumber("size", outline.Size);
        json.WriteNumber("segment_size", outline.Status.Size);
        json.WriteBoolean("trailer", outline.HasTrailer);
    }

    /// <summary>A value's type, and what of dtype, shape, capacity and count of items it has.</summary>
    internal static void WriteType(Utf8JsonWriter json, ValueLayout layout)
    {
        json.WriteString("type", LayoutText.Type(layout));
        switch (layout)
        {
            case ArrayLayout array:
                json.WriteString("dtype", DTypes.NameOf(array.DType));
                json.WriteStartArray("shape");
                foreach (int length in array.Shape)
                {
                    json.WriteNumberValue(length);
                }

                json.WriteEndArray();
                break;
            case BytesLayout bytes:
                json.WriteNumber("capacity", bytes.Capacity);
                break;
            case DictLayout dict:
                json.WriteNumber("items", dict.Items.Length);
                break;
            case SequenceLayout sequence:
                json.WriteNumber("slots", sequence.Slots.Length);
                break;
        }
    }
}
