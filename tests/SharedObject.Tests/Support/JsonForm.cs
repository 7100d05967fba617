using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using SharedObjects.Wire;

namespace SharedObjects.Tests.Support;

/// <summary>The JSON form of a value, as the recorded vectors and the Python peer use it, to and from untyped values.</summary>
internal static class JsonForm
{
    internal static object? Read(JsonNode node)
    {
        string type = Text(node, "type");
        switch (type)
        {
            case "none": return null;
            case "bool": return (bool)node["value"]!;
            case "int": return long.Parse(Text(node, "value"), CultureInfo.InvariantCulture);
            case "float": return ReadFloat(node["value"]!);
            case "complex": return new Complex(ReadFloat(node["re"]!), ReadFloat(node["im"]!));
            case "pose":
                float[] n = [.. node["xyz_wxyz"]!.AsArray().Select(item => (float)ReadFloat(item!))];
                return new Pose(n[0], n[1], n[2], n[3], n[4], n[5], n[6]);
            case "str": return Encoding.UTF8.GetString(Convert.FromBase64String(Text(node, "utf8_base64")));
            case "bytes": return Convert.FromBase64String(Text(node, "base64"));
            case "bytearray": return new ByteArray(Convert.FromBase64String(Text(node, "base64")));
            case "ndarray":
                Assert.True(DTypes.TryParse(Text(node, "dtype"), out DType dtype));
                int[] shape = [.. node["shape"]!.AsArray().Select(length => (int)length!)];
                return NDArray.FromBytes(dtype, shape, Convert.FromBase64String(Text(node, "raw_base64")));
            case "dict":
                var dict = new SharedDict();
                foreach (JsonNode? item in node["items"]!.AsArray())
                {
                    dict.Add(Read(item![0]!), Read(item[1]!));
                }

                return dict;
            case "tuple": return SharedTuple.From(Elements(node));
            case "list": return SharedList.From(Elements(node));
            case "set": return SharedSet.From(Elements(node));
            default: throw new ArgumentException($"unknown type {type}");
        }
    }

    internal static JsonNode Write(object? value) => value switch
    {
        null => new JsonObject { ["type"] = "none" },
        bool flag => new JsonObject { ["type"] = "bool", ["value"] = flag },
        long number => new JsonObject { ["type"] = "int", ["value"] = number.ToString(CultureInfo.InvariantCulture) },
        double number => new JsonObject { ["type"] = "float", ["value"] = WriteFloat(number) },
        Complex number => new JsonObject { ["type"] = "complex", ["re"] = WriteFloat(number.Real), ["im"] = WriteFloat(number.Imaginary) },
        Pose pose => new JsonObject
        {
            ["type"] = "pose",
            ["xyz_wxyz"] = new JsonArray(
                [.. new[] { pose.Position.X, pose.Position.Y, pose.Position.Z, pose.Rotation.W, pose.Rotation.X, pose.Rotation.Y, pose.Rotation.Z }
                    .Select(item => WriteFloat(item))]),
        },
        string text => new JsonObject { ["type"] = "str", ["utf8_base64"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) },
        byte[] bytes => new JsonObject { ["type"] = "bytes", ["base64"] = Convert.ToBase64String(bytes) },
        ByteArray array => new JsonObject { ["type"] = "bytearray", ["base64"] = Convert.ToBase64String(array.Bytes) },
        NDArray array => new JsonObject
        {
            ["type"] = "ndarray",
            ["dtype"] = DTypes.NameOf(array.DType),
            ["shape"] = new JsonArray([.. array.Shape.Select(length => (JsonNode)length)]),
            ["raw_base64"] = Convert.ToBase64String(array.Bytes),
        },
        SharedDict dict => new JsonObject
        {
            ["type"] = "dict",
            ["items"] = new JsonArray([.. dict.Select(item => new JsonArray(Write(item.Key), Write(item.Value)))]),
        },
        SharedTuple tuple => WriteElements("tuple", tuple.Select(Write)),
        SharedList list => WriteElements("list", list.Select(Write)),
        // A set has no order; its JSON form has one, for two of them to be compared.
        SharedSet set => WriteElements("set", set.Select(Write).OrderBy(element => element.ToJsonString(), StringComparer.Ordinal)),
        _ => throw new ArgumentException($"no JSON form for {value.GetType()}"),
    };

    /// <summary>Whether two untyped values have the same bits: NaN equals NaN, and -0.0 is not 0.0.</summary>
    internal static bool SameBits(object? left, object? right) => JsonNode.DeepEquals(Write(left), Write(right));

    private static object?[] Elements(JsonNode node) => [.. node["elements"]!.AsArray().Select(element => Read(element!))];

    private static JsonObject WriteElements(string type, IEnumerable<JsonNode> elements) =>
        new() { ["type"] = type, ["elements"] = new JsonArray([.. elements]) };

    private static string Text(JsonNode node, string key) => (string)node[key]!;

    private static JsonObject WriteFloat(double value) => new() { ["hex"] = ToHex(value) };

    private static double ReadFloat(JsonNode node) => node["hex"] is { } hex
        ? FromHex((string)hex!)
        : double.Parse(Text(node, "repr"), CultureInfo.InvariantCulture);

    private static string ToHex(double value)
    {
        if (double.IsNaN(value))
        {
            return "nan";
        }

        string sign = double.IsNegative(value) ? "-" : "";
        if (double.IsInfinity(value))
        {
            return sign + "inf";
        }

        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        ulong fraction = bits & 0xF_FFFF_FFFF_FFFF;
        int exponent = (int)(bits >> 52) & 0x7FF;
        if (exponent == 0 && fraction == 0)
        {
            return sign + "0x0.0p+0";
        }

        int unbiased = exponent == 0 ? -1022 : exponent - 1023;
        return string.Create(
            CultureInfo.InvariantCulture, $"{sign}0x{(exponent == 0 ? 0 : 1)}.{fraction:x13}p{(unbiased < 0 ? "" : "+")}{unbiased}");
    }

    private static double FromHex(string text)
    {
        bool negative = text.StartsWith('-');
        string digits = negative ? text[1..] : text;
        double magnitude = digits switch
        {
            "nan" => BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0000), // Python's; .NET's double.NaN has the sign bit set
            "inf" => double.PositiveInfinity,
            _ => FromHexDigits(digits),
        };
        return negative ? -magnitude : magnitude;
    }

    private static double FromHexDigits(string digits)
    {
        int point = digits.IndexOf('.', StringComparison.Ordinal), exponent = digits.IndexOf('p', StringComparison.Ordinal);
        string fraction = digits[(point + 1)..exponent];
        ulong mantissa = ulong.Parse(digits[2..point] + fraction, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        int power = int.Parse(digits[(exponent + 1)..], CultureInfo.InvariantCulture) - (4 * fraction.Length);
        // Two steps, as one would overflow or round on the way to a subnormal.
        return Math.ScaleB(Math.ScaleB(mantissa, power / 2), power - (power / 2));
    }
}
