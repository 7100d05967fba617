using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Golden;

/// <summary>The 66 recorded sequences of calls: what each returned in Python, it returns here.</summary>
public sealed class BehaviourTests : SegmentTest
{
    /// <summary>
    /// The steps at which this peer does what the original refuses without need (wire-format.md): a payload of up to the capacity
    /// always fits, whatever <c>init_size</c> says, and a dict may have two arrays.
    /// </summary>
    private static readonly HashSet<(string Sequence, int Step)> AcceptedHere =
    [
        ("str overflow", 3), ("str overflow", 4), ("str another init_size", 2), ("str another init_size", 4), ("dict two arrays", 0),
    ];

    private static readonly IReadOnlyList<JsonNode> Sequences = [.. GoldenVector.Load("behaviour.json")];

    public static TheoryData<string> Names => [.. Sequences.Select(sequence => (string)sequence["name"]!)];

    [Fact]
    public void There_are_66_sequences() => Assert.Equal(66, Sequences.Count);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_recorded_sequence_gives_the_recorded_answers(string sequenceName)
    {
        JsonNode sequence = Sequences.Single(item => (string)item["name"]! == sequenceName);
        var handles = new Dictionary<string, SharedObject<object?>>();
        try
        {
            int index = 0;
            JsonNode? assignedHere = null; // what fetches return after an assign that the original refused
            foreach (JsonNode? step in sequence["steps"]!.AsArray())
            {
                bool isAccepted = AcceptedHere.Contains((sequenceName, index));
                bool isWrite = step!["op"]!.GetValue<string>() is "assign" or "open" && step["data"] is not null;
                Run($"step {index++} of '{sequenceName}': {step.ToJsonString()}", step, handles, isAccepted, assignedHere);
                assignedHere = !isWrite ? assignedHere : isAccepted ? step["data"] : null;
            }
        }
        finally
        {
            foreach (SharedObject<object?> handle in handles.Values)
            {
                handle.Dispose();
            }
        }
    }

    private void Run(
        string what, JsonNode step, Dictionary<string, SharedObject<object?>> handles, bool isAccepted, JsonNode? assignedHere)
    {
        bool shouldRaise = step["raises"] is not null && !isAccepted;
        object? returned;
        try
        {
            returned = Call(step, handles);
        }
        catch (SharedObjectException e)
        {
            Assert.True(shouldRaise, $"{what} threw {e}");
            return;
        }

        Assert.False(shouldRaise, $"{what} did not throw");
        if (step["returns"] is { } expected)
        {
            bool same = expected.GetValueKind() == System.Text.Json.JsonValueKind.Object
                ? JsonForm.SameBits(JsonForm.Read(assignedHere ?? expected), returned)
                : (bool)expected == (bool)returned!;
            Assert.True(same, $"{what} returned {returned}");
        }
    }

    private object? Call(JsonNode step, Dictionary<string, SharedObject<object?>> handles)
    {
        string name = (string)step["handle"]!;
        object? data = step["data"] is { } node ? JsonForm.Read(node) : null;
        switch ((string)step["op"]!)
        {
            case "open":
                var options = new SharedObjectOptions { InitSize = (int)step["init_size"]! };
                handles[name] = data is null
                    ? SharedObject.OpenOrCreate<object?>(Name(), initial: null, options)
                    : SharedObject.Publish<object?>(Name(), data, options);
                return null;
            case "assign": handles[name].Assign(data); return null;
            case "trigger": handles[name].Trigger(); return null;
            case "fetch": return handles[name].Fetch();
            case "modified": return handles[name].Modified;
            case "triggered": return handles[name].Triggered;
            default: throw new ArgumentException(step.ToJsonString());
        }
    }
}
