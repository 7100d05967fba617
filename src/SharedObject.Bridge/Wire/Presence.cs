using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace SharedObjects.Bridging.Wire;

/// <summary>What a bridge says of itself, as JSON, for as long as it is there.</summary>
/// <param name="Host">What its host is called.</param>
/// <param name="Since">When it started: nanoseconds since the epoch by its own clock.</param>
/// <param name="Publish">The patterns of what it publishes.</param>
/// <param name="Subscribe">The patterns of what it takes in.</param>
/// <param name="MaxSize">The largest object that it takes in.</param>
internal sealed record Presence(string Host, ulong Since, string[] Publish, string[] Subscribe, long MaxSize)
{
    private const int LargestPayload = 64 * 1024;
    private const int LongestHost = 255;

    internal byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("v", 1);
            writer.WriteString("host", Host);
            writer.WriteNumber("since", Since);
            Write(writer, "publish", Publish);
            Write(writer, "subscribe", Subscribe);
            writer.WriteNumber("max_size", MaxSize);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a presence, which may be anything; null if it is none.</summary>
    internal static Presence? Parse(ReadOnlySequence<byte> payload)
    {
        if (payload.Length > LargestPayload)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = 4 });
            JsonElement root = document.RootElement;
            string? host = root.GetProperty("host").GetString();
            return root.GetProperty("v").GetInt32() == 1 && host is { Length: > 0 and <= LongestHost }
                ? new Presence(host, root.GetProperty("since").GetUInt64(), Read(root, "publish"), Read(root, "subscribe"), root.GetProperty("max_size").GetInt64())
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    private static void Write(Utf8JsonWriter writer, string name, string[] patterns)
    {
        writer.WriteStartArray(name);
        foreach (string pattern in patterns)
        {
            writer.WriteStringValue(pattern);
        }

        writer.WriteEndArray();
    }

    private static string[] Read(JsonElement root, string name) =>
        [.. root.GetProperty(name).EnumerateArray().Select(pattern => pattern.GetString() ?? throw new FormatException())];
}
