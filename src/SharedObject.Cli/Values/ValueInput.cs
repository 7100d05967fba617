using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text.Json;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Values;

/// <summary>Values that people type: plain text for scalars, and JSON without types where the object's layout says what is meant.</summary>
internal static class ValueInput
{
    private static readonly string[] s_types =
        ["none", "bool", "int", "float", "complex", "pose", "str", "bytes", "bytearray", "ndarray", "dict", "tuple", "list", "set"];

    /// <summary>Of a value in JSON form: each nested dict takes four levels, and anything else fewer.</summary>
    internal const int MaxJsonDepth = 4 * (DictArea.MaxDepth + 2);

    /// <summary>What a text most likely means, for a new object: None, a bool, an int, a float, or else the text itself.</summary>
    internal static object? Guess(string text)
    {
        switch (text)
        {
            case "None" or "none" or "null": return null;
            case "true" or "True": return true;
            case "false" or "False": return false;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            return number;
        }

        if (TryFloat(text, out double real))
        {
            return real;
        }

        // Quotes that the shell has left: "'1'" is the text 1.
        return text.Length >= 2 && text[0] == text[^1] && text[0] is '"' or '\'' ? text[1..^1] : text;
    }

    /// <summary>A text as a value of a given type.</summary>
    /// <param name="type">none, bool, int, float, str, bytes or bytearray.</param>
    /// <param name="text">The text; of bytes, their UTF-8.</param>
    /// <exception cref="FormatException">It is none of that type.</exception>
    internal static object? OfType(string type, string text) => type switch
    {
        "none" => text is "None" or "none" or "null" ? null : throw new FormatException($"'{text}' is not None"),
        "bool" => Guess(text) is bool flag ? flag : throw new FormatException($"'{text}' is not a bool: write true or false"),
        "int" => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new FormatException($"'{text}' is not an int of 64 bits"),
        "float" => TryFloat(text, out double real) ? real : throw new FormatException($"'{text}' is not a float"),
        "str" => text,
        "bytes" => WireText.Utf8.GetBytes(text),
        "bytearray" => new ByteArray(WireText.Utf8.GetBytes(text)),
        _ => throw new FormatException($"a {type} can't be written as plain text: give it by --json"),
    };

    /// <summary>A text as a value for an object that exists.</summary>
    /// <exception cref="FormatException">It is none of the object's type.</exception>
    internal static object? ForLayout(ValueLayout layout, string text)
    {
        // As JSON: [0.1, 0.2], {"speed": 1}.
        if (layout.Tag is WireTag.NDArray or WireTag.Dict or WireTag.Pose or WireTag.Complex or WireTag.Tuple or WireTag.List or WireTag.Set)
        {
            using JsonDocument json = ParseJson(text);
            return ForLayout(layout, json.RootElement);
        }

        return OfType(NameOf(layout), text);
    }

    /// <summary>A JSON value, with types or without, as a value for an object that exists.</summary>
    /// <exception cref="FormatException">It does not fit the object.</exception>
    internal static object? ForLayout(ValueLayout layout, JsonElement json) =>
        HasTypes(json) ? Converted(layout, ValueJson.Read(json)) : Plain(layout, json, "");

    /// <summary>A text as a value for an object that takes any: a list or dict where it begins like one in JSON, else what it looks like.</summary>
    /// <exception cref="FormatException">It begins like JSON, and is none.</exception>
    internal static object? OfAnyType(string text)
    {
        if (text.AsSpan().TrimStart() is not ['[' or '{', ..])
        {
            return Guess(text);
        }

        using JsonDocument json = ParseJson(text);
        return OfAnyType(json.RootElement);
    }

    /// <summary>A JSON value, with types or without, as a value for an object that takes any.</summary>
    /// <exception cref="FormatException">It can't be one.</exception>
    internal static object? OfAnyType(JsonElement json) => HasTypes(json) ? ValueJson.Read(json) : PlainOfAnyType(json);

    /// <summary>Whether a JSON value is in the form with types.</summary>
    internal static bool HasTypes(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty("type", out JsonElement type)
        && type.ValueKind == JsonValueKind.String
        && s_types.Contains(type.GetString());

    internal static FormatException NotJson(JsonException e) => new(
        string.Create(CultureInfo.InvariantCulture, $"this is no JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}"), e);

    private static JsonDocument ParseJson(string text)
    {
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxJsonDepth });
        }
        catch (JsonException e)
        {
            throw NotJson(e);
        }
    }

    /// <summary>Numbers as Python's <c>struct</c> would take them: an int where the object has a float, either where it is complex.</summary>
    private static object? Converted(ValueLayout layout, object? value) => (layout.Tag, value) switch
    {
        (WireTag.Float, long number) => (double)number,
        (WireTag.Complex, long number) => new Complex(number, 0),
        (WireTag.Complex, double number) => new Complex(number, 0),
        (WireTag.Dict, SharedDict dict) when dict.Count == ((DictLayout)layout).Items.Length => ConvertedItems((DictLayout)layout, dict),
        (WireTag.Tuple, SharedTuple tuple) when tuple.Count == ((SequenceLayout)layout).Slots.Length => SharedTuple.From(ConvertedElements((SequenceLayout)layout, tuple)),
        (WireTag.List, SharedList list) when list.Count <= ((SequenceLayout)layout).Slots.Length => SharedList.From(ConvertedElements((SequenceLayout)layout, list)),
        _ => value, // what does not fit is told by the object itself
    };

    private static IEnumerable<object?> ConvertedElements(SequenceLayout layout, SharedSequence elements) =>
        elements.Select((element, i) => Converted(layout.Slots[i], element));

    private static SharedDict ConvertedItems(DictLayout layout, SharedDict dict)
    {
        var result = new SharedDict();
        int index = 0;
        foreach ((object? key, object? item) in dict)
        {
            result.Add(key, Converted(layout.Items[index++].Value, item));
        }

        return result;
    }

    private static object? PlainOfAnyType(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Null: return null;
            case JsonValueKind.True or JsonValueKind.False: return json.GetBoolean();
            case JsonValueKind.String: return json.GetString();
            case JsonValueKind.Number when json.TryGetInt64(out long number): return number;
            case JsonValueKind.Number when json.GetRawText().AsSpan().ContainsAny('.', 'e', 'E'): return json.GetDouble();
            case JsonValueKind.Number: throw new FormatException($"{Short(json)} is not an int of 64 bits");
            case JsonValueKind.Array: return SharedList.From(json.EnumerateArray().Select(PlainOfAnyType));
        }

        var dict = new SharedDict();
        foreach (JsonProperty property in json.EnumerateObject())
        {
            if (dict.ContainsKey(property.Name))
            {
                throw new FormatException($"the key '{property.Name}' is there twice");
            }

            dict.Add(property.Name, PlainOfAnyType(property.Value));
        }

        return dict;
    }

    private static object? Plain(ValueLayout layout, JsonElement json, string where)
    {
        switch (layout)
        {
            case DictLayout dict: return PlainItems(dict, json, where);
            case ArrayLayout array: return PlainArray(array, json, where);
            case SequenceLayout sequence: return PlainElements(sequence, json, where);
        }

        switch (layout.Tag, json.ValueKind)
        {
            case (WireTag.None, JsonValueKind.Null): return null;
            case (WireTag.Bool, JsonValueKind.True or JsonValueKind.False): return json.GetBoolean();
            case (WireTag.Int, JsonValueKind.Number) when json.TryGetInt64(out long number): return number;
            case (WireTag.Float, JsonValueKind.Number or JsonValueKind.String): return ToDouble(json, layout, where);
            case (WireTag.Complex, JsonValueKind.Number): return new Complex(json.GetDouble(), 0);
            case (WireTag.Complex, JsonValueKind.Array) when json.GetArrayLength() == 2:
                return new Complex(ToDouble(json[0], layout, where), ToDouble(json[1], layout, where));
            case (WireTag.Pose, JsonValueKind.Array) when json.GetArrayLength() == 7:
                float[] n = [.. json.EnumerateArray().Select(item => (float)ToDouble(item, layout, where))];
                return new Pose(n[0], n[1], n[2], n[3], n[4], n[5], n[6]);
            case (WireTag.Str, JsonValueKind.String): return json.GetString();
            case (WireTag.Bytes, JsonValueKind.String) when json.TryGetBytesFromBase64(out byte[]? bytes): return bytes;
            case (WireTag.ByteArray, JsonValueKind.String) when json.TryGetBytesFromBase64(out byte[]? bytes): return new ByteArray(bytes);
            default: throw Misfit(layout, json, where);
        }
    }

    private static SharedDict PlainItems(DictLayout layout, JsonElement json, string where)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw Misfit(layout, json, where);
        }

        var known = new HashSet<string>(StringComparer.Ordinal);
        var dict = new SharedDict();
        foreach (DictItem item in layout.Items)
        {
            if (UntypedValue.Read(item.Key.Layout, item.Key.Data.Span, default) is not string key)
            {
                throw new FormatException($"{At(where)}a dict with keys other than str needs JSON with types (sharedobj echo NAME --json shows it)");
            }

            if (!json.TryGetProperty(key, out JsonElement value))
            {
                throw new FormatException($"{At(where)}'{key}' is missing; an assign needs all of {string.Join(", ", layout.Items.Select(other => other.Key.ToString()))}");
            }

            known.Add(key);
            dict[key] = Plain(item.Value, value, where.Length == 0 ? key : $"{where}.{key}");
        }

        foreach (JsonProperty property in json.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                throw new FormatException($"{At(where)}there is no key '{property.Name}' in the object; there are {string.Join(", ", layout.Items.Select(other => other.Key.ToString()))}");
            }
        }

        return dict;
    }

    /// <summary>Element by element, as the slots say; a set's have no order, and are taken if all its slots are of one type.</summary>
    private static object PlainElements(SequenceLayout layout, JsonElement json, string where)
    {
        ImmutableArray<ValueLayout> slots = layout.Slots;
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() > slots.Length || (layout.Tag == WireTag.Tuple && json.GetArrayLength() < slots.Length))
        {
            throw Misfit(layout, json, where);
        }

        if (layout.Tag == WireTag.Set && slots.Any(slot => slot.Tag != slots[0].Tag))
        {
            throw new FormatException($"{At(where)}a set of several types needs JSON with types (sharedobj echo NAME --json shows it)");
        }

        object?[] elements = [.. json.EnumerateArray().Select((element, i) => Plain(slots[i], element, $"{where}[{i}]"))];
        return layout.Tag switch
        {
            WireTag.Tuple => SharedTuple.From(elements),
            WireTag.List => SharedList.From(elements),
            _ => SharedSet.From(elements),
        };
    }

    private static NDArray PlainArray(ArrayLayout layout, JsonElement json, string where)
    {
        byte[] bytes = new byte[layout.ElementsSize];
        int at = 0;
        Fill(json, 0);
        return NDArray.FromBytes(layout.DType, layout.Shape.AsSpan(), bytes);

        void Fill(JsonElement part, int dimension)
        {
            if (dimension == layout.Shape.Length)
            {
                SetElement(part);
                return;
            }

            if (part.ValueKind != JsonValueKind.Array || part.GetArrayLength() != layout.Shape[dimension])
            {
                string found = part.ValueKind == JsonValueKind.Array ? $"{part.GetArrayLength()} elements" : Short(part);
                throw new FormatException($"{At(where)}expected {layout}, found {found} where dimension {dimension} has {layout.Shape[dimension]}");
            }

            foreach (JsonElement element in part.EnumerateArray())
            {
                Fill(element, dimension + 1);
            }
        }

        void SetElement(JsonElement part)
        {
            int size = DTypes.SizeOf(layout.DType);
            object value = part.ValueKind switch
            {
                JsonValueKind.True or JsonValueKind.False => part.GetBoolean(),
                JsonValueKind.Number when part.TryGetInt64(out long number) => number,
                JsonValueKind.Number when part.TryGetUInt64(out ulong number) => number,
                JsonValueKind.Number => part.GetDouble(),
                JsonValueKind.String when TryFloat(part.GetString()!, out double number) => number,
                JsonValueKind.Array when part.GetArrayLength() == 2 && Elements.IsComplex(layout.DType) =>
                    new Complex(ToDouble(part[0], layout, where), ToDouble(part[1], layout, where)),
                _ => throw Misfit(layout, part, where),
            };
            try
            {
                Elements.Set(layout.DType, bytes.AsSpan(at, size), value);
            }
            catch (FormatException e)
            {
                throw new FormatException(At(where) + e.Message, e);
            }

            at += size;
        }
    }

    // JSON has no words for these: they go as text.
    private static double ToDouble(JsonElement json, ValueLayout layout, string where) => json.ValueKind switch
    {
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.String when json.GetString() is "nan" or "inf" or "-inf" => FloatText.FromHex(json.GetString()!),
        _ => throw Misfit(layout, json, where),
    };

    private static bool TryFloat(string text, out double number)
    {
        try
        {
            number = FloatText.FromRepr(text);
            return true;
        }
        catch (FormatException)
        {
            number = 0;
            return false;
        }
    }

    private static string NameOf(ValueLayout layout) => layout.Tag switch
    {
        WireTag.None => "none",
        WireTag.Bool => "bool",
        WireTag.Int => "int",
        WireTag.Float => "float",
        WireTag.Str => "str",
        WireTag.Bytes => "bytes",
        _ => "bytearray",
    };

    private static FormatException Misfit(ValueLayout layout, JsonElement json, string where) =>
        new($"{At(where)}expected {layout}, found {Short(json)}");

    private static string At(string where) => where.Length == 0 ? "" : $"{where}: ";

    private static string Short(JsonElement json) => json.GetRawText() is { Length: > 60 } text ? text[..60] + "…" : json.GetRawText();
}
