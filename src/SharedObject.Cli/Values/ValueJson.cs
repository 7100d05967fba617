using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Numerics;
using System.Text.Json;
using SharedObjects.Wire;

namespace SharedObjects.Cli.Values;

/// <summary>
/// The JSON form of a value, which docs/cli.md describes and the recorded vectors have: every value with its type, every bit kept. Values
/// are untyped: null, bool, long, double, Complex, Pose, string, byte[], ByteArray, NDArray, SharedDict, SharedTuple, SharedList, SharedSet.
/// </summary>
internal static class ValueJson
{
    private const int FirstElements = 8;

    internal static void Write(Utf8JsonWriter json, object? value)
    {
        json.WriteStartObject();
        json.WriteString("type", TypeOf(value));
        switch (value)
        {
            case null: break;
            case bool flag: json.WriteBoolean("value", flag); break;
            case long number: json.WriteString("value", number.ToString(CultureInfo.InvariantCulture)); break;
            case double number:
                json.WritePropertyName("value");
                WriteFloat(json, number);
                break;
            case Complex number:
                json.WritePropertyName("re");
                WriteFloat(json, number.Real);
                json.WritePropertyName("im");
                WriteFloat(json, number.Imaginary);
                break;
            case Pose pose:
                json.WriteStartArray("xyz_wxyz");
                foreach (float number in Numbers(pose))
                {
                    WriteFloat(json, number);
                }

                json.WriteEndArray();
                break;
            case string text: json.WriteBase64String("utf8_base64", WireText.Utf8.GetBytes(text)); break;
            case byte[] bytes: json.WriteBase64String("base64", bytes); break;
            case ByteArray array: json.WriteBase64String("base64", array.Bytes); break;
            case NDArray array: WriteArray(json, array); break;
            case SharedDict dict: WriteItems(json, dict); break;
            case SharedSet set: WriteElements(json, set.OrderBy(OrderInSet, StringComparer.Ordinal)); break;
            default: WriteElements(json, (IEnumerable<object?>)value); break;
        }

        json.WriteEndObject();
    }

    /// <summary>The value of a JSON form.</summary>
    /// <exception cref="FormatException">It is none; the message says where and why.</exception>
    internal static object? Read(JsonElement json)
    {
        string type = Text(json, "type");
        switch (type)
        {
            case "none": return null;
            case "bool":
                JsonElement flag = Property(json, "value");
                return flag.ValueKind is JsonValueKind.True or JsonValueKind.False ? flag.GetBoolean() : throw Bad("a bool's \"value\" is true or false");
            case "int":
                return ReadInt(Property(json, "value"));
            case "float": return ReadFloat(Property(json, "value"));
            case "complex": return new Complex(ReadFloat(Property(json, "re")), ReadFloat(Property(json, "im")));
            case "pose":
                float[] n = [.. Array(json, "xyz_wxyz").EnumerateArray().Select(item => (float)ReadFloat(item))];
                return n.Length == 7 ? new Pose(n[0], n[1], n[2], n[3], n[4], n[5], n[6]) : throw Bad($"a pose has seven numbers, not {n.Length}");
            case "str":
                try
                {
                    return WireText.Utf8.GetString(Base64(json, "utf8_base64"));
                }
                catch (ArgumentException)
                {
                    throw Bad("a str's \"utf8_base64\" is not UTF-8");
                }

            case "bytes": return Base64(json, "base64");
            case "bytearray": return new ByteArray(Base64(json, "base64"));
            case "ndarray": return ReadArray(json);
            case "dict": return ReadItems(json);
            case "tuple": return SharedTuple.From(ReadElements(json));
            case "list": return SharedList.From(ReadElements(json));
            case "set": return ReadSet(json);
            default:
                throw Bad($"there is no type \"{type}\": none, bool, int, float, complex, pose, str, bytes, bytearray, ndarray, dict, tuple, list and set are there");
        }
    }

    internal static void WriteFloat(Utf8JsonWriter json, double value)
    {
        json.WriteStartObject();
        json.WriteString("hex", FloatText.Hex(value));
        json.WriteString("repr", FloatText.Repr(value));
        json.WriteEndObject();
    }

    private static string TypeOf(object? value) => value switch
    {
        null => "none",
        bool => "bool",
        long => "int",
        double => "float",
        Complex => "complex",
        Pose => "pose",
        string => "str",
        byte[] => "bytes",
        ByteArray => "bytearray",
        NDArray => "ndarray",
        SharedDict => "dict",
        SharedTuple => "tuple",
        SharedList => "list",
        SharedSet => "set",
        _ => throw new ArgumentException($"no JSON form for {value.GetType()}"),
    };

    private static float[] Numbers(in Pose pose) =>
        [pose.Position.X, pose.Position.Y, pose.Position.Z, pose.Rotation.W, pose.Rotation.X, pose.Rotation.Y, pose.Rotation.Z];

    private static void WriteArray(Utf8JsonWriter json, NDArray array)
    {
        json.WriteString("dtype", DTypes.NameOf(array.DType));
        json.WriteStartArray("shape");
        foreach (int length in array.Shape)
        {
            json.WriteNumberValue(length);
        }

        json.WriteEndArray();
        json.WriteBase64String("raw_base64", array.Bytes);
        json.WriteStartArray("first");
        for (int i = 0; i < Math.Min(FirstElements, array.Length); i++)
        {
            object element = Elements.Get(array, i);
            if (element is Complex number)
            {
                json.WriteStartArray();
                json.WriteStringValue(Elements.JsonText(number.Real));
                json.WriteStringValue(Elements.JsonText(number.Imaginary));
                json.WriteEndArray();
            }
            else
            {
                json.WriteStringValue(Elements.JsonText(element));
            }
        }

        json.WriteEndArray();
    }

    private static void WriteItems(Utf8JsonWriter json, SharedDict dict)
    {
        json.WriteStartArray("items");
        foreach ((object? key, object? item) in dict)
        {
            json.WriteStartArray();
            Write(json, key);
            Write(json, item);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteElements(Utf8JsonWriter json, IEnumerable<object?> elements)
    {
        json.WriteStartArray("elements");
        foreach (object? element in elements)
        {
            Write(json, element);
        }

        json.WriteEndArray();
    }

    // A set has no order of its own; its JSON form has one, so that equal sets are equal texts.
    private static string OrderInSet(object? element)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            Write(json, element);
        }

        return WireText.Utf8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static object?[] ReadElements(JsonElement json) => [.. Array(json, "elements").EnumerateArray().Select(Read)];

    private static SharedSet ReadSet(JsonElement json)
    {
        object?[] elements = ReadElements(json);
        CheckElements(elements);
        return SharedSet.From(elements);

        static void CheckElements(IEnumerable<object?> elements)
        {
            foreach (object? element in elements)
            {
                if (element is SharedTuple tuple)
                {
                    CheckElements(tuple);
                }
                else
                {
                    CheckHashable(element, "an element of a set");
                }
            }
        }
    }

    private static void CheckHashable(object? value, string what)
    {
        if (value is ByteArray or NDArray or SharedDict or SharedSequence or SharedSet)
        {
            throw Bad($"{what} can't be a {TypeOf(value)}");
        }
    }

    private static long ReadInt(JsonElement json)
    {
        string? digits = json.ValueKind switch
        {
            JsonValueKind.String => json.GetString(),
            JsonValueKind.Number => json.GetRawText(), // as people write it
            _ => null,
        };
        return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw Bad($"an int's \"value\" is decimal text of 64 bits, such as \"-5\", and not {Short(json)}");
    }

    private static double ReadFloat(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Number)
        {
            return json.GetDouble(); // as people write it
        }

        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("hex", out JsonElement hex) && hex.ValueKind == JsonValueKind.String)
        {
            return FloatText.FromHex(hex.GetString()!);
        }

        return FloatText.FromRepr(Text(json, "repr"));
    }

    private static NDArray ReadArray(JsonElement json)
    {
        string name = Text(json, "dtype");
        if (!DTypes.TryParse(name, out DType dtype))
        {
            throw Bad($"there is no dtype \"{name}\"");
        }

        int[] shape = [.. Array(json, "shape").EnumerateArray().Select(length =>
            length.ValueKind == JsonValueKind.Number && length.TryGetInt32(out int number) && number >= 0
                ? number
                : throw Bad($"a length in \"shape\" is {length.GetRawText()}"))];
        try
        {
            return NDArray.FromBytes(dtype, shape, Base64(json, "raw_base64"));
        }
        catch (ArgumentException e)
        {
            throw Bad(e is ArgumentOutOfRangeException ? "the array is larger than any object" : e.Message.Split(" (Parameter", 2)[0]);
        }
    }

    private static SharedDict ReadItems(JsonElement json)
    {
        var dict = new SharedDict();
        foreach (JsonElement item in Array(json, "items").EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Array || item.GetArrayLength() != 2)
            {
                throw Bad("each of a dict's \"items\" is [key, value]");
            }

            object? key = Read(item[0]);
            CheckHashable(key, "a dict's key");
            if (dict.ContainsKey(key))
            {
                throw Bad($"the dict has the key {PythonText.Repr(key)} twice");
            }

            dict.Add(key, Read(item[1]));
        }

        return dict;
    }

    private static byte[] Base64(JsonElement json, string name)
    {
        Text(json, name);
        return json.GetProperty(name).TryGetBytesFromBase64(out byte[]? bytes) ? bytes : throw Bad($"\"{name}\" is not base64");
    }

    private static JsonElement Array(JsonElement json, string name) =>
        Property(json, name) is { ValueKind: JsonValueKind.Array } array ? array : throw Bad($"\"{name}\" is not an array");

    private static string Text(JsonElement json, string name) =>
        Property(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw Bad($"\"{name}\" is not a string");

    private static JsonElement Property(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement property)
            ? property
            : throw Bad($"{Short(json)} has no \"{name}\", so it is no value in JSON form");

    private static string Short(JsonElement json) => json.GetRawText() is { Length: > 60 } text ? text[..60] + "…" : json.GetRawText();

    private static FormatException Bad(string why) => new(why);
}
