using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text.Json.Nodes;
using SharedObjects.Bridging.Tests.Lab;
using SharedObjects.Tests.Golden;
using SharedObjects.Tests.Support;

namespace SharedObjects.Bridging.Tests.Scenarios;

/// <summary>Every type of the wire crosses byte for byte, both ways, whoever has written it, and is read there by everybody.</summary>
public sealed class CrossingTests : LabTest
{
    private const int StampSize = 8; // the one thing that is the far host's own
    private const int TrailerSize = 128;

    /// <summary>The recorded values, and some of the types that the original does not have.</summary>
    private static readonly Sample[] Samples =
    [
        .. GoldenVector.All.Select(static vector =>
            new Sample(vector.Name, vector.InitSize, vector.WasReassigned ? vector.FirstAssigned : vector.Value, vector.Value, vector.Segment)),
        Own("tuple", SharedTuple.Create(1L, "one")),
        Own("list", SharedList.Create(1.5, 2.5)),
        Own("set", SharedSet.Create(3L, "three", null)),
        Own("dict of all", new SharedDict
        {
            { "array", NDArray.Create<double>([1, 2, 3], 3) }, { "other", NDArray.Create<byte>([1, 2], 1, 2) }, { 2L, Pose.Identity },
            { "in", new SharedDict { { "text", "a" }, { "list", SharedList.Create(1L) } } }, { "z", new Complex(1, -1) }, { "none", null },
        }),
    ];

    [Fact]
    public void Every_type_crosses_byte_for_byte_in_both_directions()
    {
        _ = new LabBroker(Lab);
        Direction[] directions = [new(A, B, Name("ab-")), new(B, A, Name("ba-"))];
        foreach (Direction direction in directions)
        {
            Make(direction);
        }

        BridgeOnA("--publish", Name("ab-*"), "--subscribe", Name("ba-*")).UntilConnected();
        BridgeOnB("--publish", Name("ba-*"), "--subscribe", Name("ab-*")).UntilConnected();

        // While they cross for the first time.
        foreach (Direction direction in directions)
        {
            Assign(direction);
        }

        foreach (Direction direction in directions)
        {
            CheckBytes(direction);
            CheckValues(direction);
        }
    }

    /// <summary>Makes each object three times: as recorded from the original, by the tool (C#), and by our Python package.</summary>
    private void Make(Direction direction)
    {
        foreach (IGrouping<int, int> group in Enumerable.Range(0, Samples.Length).GroupBy(static i => Samples[i].InitSize))
        {
            string lines = string.Concat(group.Select(i => Line(direction.NameOf("csharp", i), Samples[i].First)));
            direction.From.Run(Programs.Tool("create", "--json", FileOf("create", lines), "--init-size", group.Key.ToString(CultureInfo.InvariantCulture)));
        }

        PythonPeer python = PythonOn(direction.From);
        for (int i = 0; i < Samples.Length; i++)
        {
            if (Samples[i].Recorded is { } bytes)
            {
                direction.From.Write(direction.NameOf("plain", i), bytes);
            }

            if (Samples[i].First is { } first)
            {
                python.Open("x", direction.NameOf("python", i), first, Samples[i].InitSize);
                python.Run("close", ("handle", "x"));
            }
        }
    }

    private void Assign(Direction direction)
    {
        int[] valued = [.. Enumerable.Range(0, Samples.Length).Where(static i => Samples[i].Value is not null)];
        string lines = string.Concat(valued.Select(i => Line(direction.NameOf("csharp", i), Samples[i].Value)));
        direction.From.Run(Programs.Tool("assign", "--json", FileOf("assign", lines)));
        PythonPeer python = PythonOn(direction.From);
        foreach (int i in valued)
        {
            python.Open("x", direction.NameOf("python", i));
            python.Assign("x", Samples[i].Value);
            python.Run("close", ("handle", "x"));
        }
    }

    private void CheckBytes(Direction direction)
    {
        string[] names = direction.Names;
        int withoutValue = Samples.Count(static sample => sample.First is null);
        Assert.Equal(128 + Samples.Length + Samples.Length - withoutValue, names.Length);
        foreach (string name in names)
        {
            byte[] here = direction.From.TryRead(name)!;
            int size = Direction.SampleOf(name) is { Recorded: { } recorded } && here.Length == recorded.Length ? recorded.Length : here.Length - TrailerSize;
            Until(() => direction.To.TryRead(name) is { } there && there.Length >= size && there.AsSpan(StampSize..size).SequenceEqual(here.AsSpan(StampSize..size)),
                $"{name}, '{Direction.SampleOf(name).Label}', is the same there");
        }
    }

    private void CheckValues(Direction direction)
    {
        string output = direction.To.Run(Programs.Tool(["echo", "--json", .. direction.Names]));
        Dictionary<string, JsonNode> byTool = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonNode.Parse(line, documentOptions: new() { MaxDepth = 1000 })!).ToDictionary(static node => (string)node["name"]!);
        PythonPeer python = PythonOn(direction.To);
        foreach (string name in direction.Names)
        {
            Sample sample = Direction.SampleOf(name);
            bool isAssigned = byTool[name]["value"] is not null; // the tool says null of what never was
            Assert.True(sample.Value is null || isAssigned, $"'{sample.Label}' ({name}) was never assigned there");
            Expect(sample, isAssigned ? JsonForm.Read(byTool[name]["value"]!) : null, "C#");
            python.Open("x", name);
            Expect(sample, python.Fetch("x"), "our Python package");
            python.Run("close", ("handle", "x"));
            // What tests/peer/plain.py knows; that the bytes are the recorded ones says the rest.
            if (sample.Value is bool or long or double or string or byte[] or NDArray)
            {
                Expect(sample, JsonForm.Read(python.Run("plain_fetch", ("name", name))!), "a plain Python process");
            }
        }
    }

    private static void Expect(Sample sample, object? read, string reader) =>
        Assert.True(JsonForm.SameBits(sample.Value, read), $"{reader} reads {read} of '{sample.Label}', and not {sample.Value}");

    private static string Line(string name, object? value) => new JsonObject { ["name"] = name, ["value"] = JsonForm.Write(value) }.ToJsonString() + "\n";

    private static Sample Own(string label, object value) => new(label, InitSize: 100, value, value, Recorded: null);

    /// <summary>A value, what its object is made with, and what the original has made of it.</summary>
    private sealed record Sample(string Label, int InitSize, object? First, object? Value, byte[]? Recorded);

    private sealed record Direction(LabHost From, LabHost To, string Prefix)
    {
        internal string[] Names => [.. From.Names().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))];

        internal string NameOf(string maker, int sample) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{maker}-{sample}");

        internal static Sample SampleOf(string name) => Samples[int.Parse(name[(name.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture)];
    }
}
