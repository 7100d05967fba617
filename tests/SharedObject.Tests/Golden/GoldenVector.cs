using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Golden;

/// <summary>One object that the original Python implementation wrote, and the value it holds.</summary>
internal sealed record GoldenVector(string Name, int InitSize, object? Value, bool WasReassigned, object? FirstAssigned, byte[] Segment)
{
    internal static IReadOnlyList<GoldenVector> All { get; } =
        [.. Load("real_robot.json").Select(node => new GoldenVector(
            (string)node["name"]!,
            (int)node["init_size"]!,
            JsonForm.Read(node["value"]!),
            node["first_assigned"] is not null,
            node["first_assigned"] is { } first ? JsonForm.Read(first) : null,
            Convert.FromBase64String((string)node["shm_base64"]!)))];

    internal static IEnumerable<JsonNode> Load(string file) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", file)))!.AsArray().Select(node => node!);
}
