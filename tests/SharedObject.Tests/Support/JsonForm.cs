using System.IO;
using System.Text.Json;
using System.Text.Json.Nodes;
using SharedObjects.Cli.Values;

namespace SharedObjects.Tests.Support;

/// <summary>
/// The JSON form of a value, as the recorded vectors and the Python peer use it, to and from untyped values: by the code of the tool, which
/// the recorded vectors so test as well.
/// </summary>
internal static class JsonForm
{
    private const int MaxDepth = 1000; // a dict in a dict takes four levels, and tests nest them as deep as they go

    internal static object? Read(JsonNode node)
    {
        using JsonDocument json = JsonDocument.Parse(node.ToJsonString(), new JsonDocumentOptions { MaxDepth = MaxDepth });
        return ValueJson.Read(json.RootElement);
    }

    internal static JsonNode Write(object? value)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            ValueJson.Write(json, value);
        }

        return JsonNode.Parse(bytes.ToArray(), documentOptions: new JsonDocumentOptions { MaxDepth = MaxDepth })!;
    }

    /// <summary>Whether two untyped values have the same bits: NaN equals NaN, and -0.0 is not 0.0.</summary>
    internal static bool SameBits(object? left, object? right) => JsonNode.DeepEquals(Write(left), Write(right));
}
