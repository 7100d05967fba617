using System;
using System.Linq;
using System.Text.Json.Nodes;
using SharedObjects.Bridging.Tests.Lab;
using SharedObjects.Tests.Support;

namespace SharedObjects.Bridging.Tests.Scenarios;

/// <summary>Who writes an object, who has made it, and who removes it.</summary>
public sealed class OwnershipTests : LabTest
{
    [Fact]
    public void Of_two_that_publish_an_object_the_first_goes_on_and_the_second_says_who_has_it()
    {
        var broker = new LabBroker(Lab);
        RawMqtt raw = RawMqtt.Connect(Lab, broker, "#");
        PythonPeer onA = PythonOn(A), onB = PythonOn(B);
        onA.Open("x", Name(), 1.5);
        onB.Open("x", Name(), 2.5);
        LabBridge first = BridgeOnA("--publish", Name("*")).UntilConnected().Until(bridge => (long?)bridge[Name()]?["values"] > 0);
        LabBridge second = BridgeOnB("--publish", Name("*")).UntilConnected();

        second.Until(bridge =>
        {
            // It is told by values: of two bridges that start at the same time the first ones may cross before both listen.
            onB.Assign("x", 2.5);
            return (string?)bridge[Name()]?["problem"] is { } problem && problem.Contains("'a'", StringComparison.Ordinal);
        });
        Assert.Equal((string)first.Status!["origin"]!, (string?)second[Name()]!["origin"]);
        first.Until(bridge => (string?)bridge[Name()]!["problem"] is { } problem && problem.Contains("'b'", StringComparison.Ordinal) && problem.Contains("goes on", StringComparison.Ordinal));

        // What the second writes stays there, what the first writes goes out, and is the last word at the broker.
        onB.Assign("x", 3.5);
        onA.Assign("x", 4.5);
        Until(() => Last(raw) == 4.5);
        string[] lines = [.. second.Log.Split('\n').Where(line => line.Contains($"'{Name()}'", StringComparison.Ordinal) && line.Contains("was there before", StringComparison.Ordinal))];
        Assert.Single(lines);

        first.Stop();
        Until(() => Last(raw) == 3.5);
        second.Until(bridge => (string?)bridge[Name()]!["problem"] is null);
    }

    [Fact]
    public void What_is_both_published_and_subscribed_to_is_refused_in_both_directions()
    {
        _ = new LabBroker(Lab);
        PythonPeer onA = PythonOn(A), onB = PythonOn(B);
        onA.Open("x", Name("both"), 1.5);
        onA.Open("y", Name("one"), 1.5);
        LabBridge near = BridgeOnA("--publish", Name("*"), "--subscribe", Name("both")).UntilConnected();
        LabBridge far = BridgeOnB("--publish", Name("both"), "--subscribe", Name("*")).UntilConnected();
        onB.Open("x", Name("other-both"), 2.5);

        near.Until(bridge => (string?)bridge[Name("both")]?["problem"] is { Length: > 0 });
        Until(() => B.Has(Name("one")));
        Assert.False(B.Has(Name("both")));
        Assert.Null(far[Name("both")]?["age"]);
    }

    [Fact]
    public void An_object_that_is_removed_is_removed_where_the_bridge_made_it_if_both_sides_say_so()
    {
        var broker = new LabBroker(Lab);
        RawMqtt raw = RawMqtt.Connect(Lab, broker, "#");
        PythonPeer onA = PythonOn(A), onB = PythonOn(B);
        onA.Open("x", Name("removed"), 1.5);
        onA.Open("y", Name("stays"), 1.5);
        onA.Open("z", Name("own"), 1.5);
        onB.Open("z", Name("own"), 0.5);
        BridgeOnA("--publish", Name("*"), "--clear-removed").UntilConnected();
        BridgeOnB("--subscribe", Name("*"), "--clear-removed").UntilConnected();
        Until(() => B.Has(Name("removed")) && B.Has(Name("stays")) && (double)onB.Fetch("z")! == 1.5);

        onA.Run("unlink", ("handle", "x"));
        onA.Run("unlink", ("handle", "z"));
        Until(() => !B.Has(Name("removed")));
        Until(() => IsCleared(raw, Name("removed")) && IsCleared(raw, Name("own")));

        // Nobody who comes later finds them, and what somebody there has made is left to him.
        RawMqtt late = RawMqtt.Connect(Lab, broker, "#");
        late.Publish("so-test/marker", [1], retain: false);
        Until(() => late.Messages.Any(static message => message.Topic == "so-test/marker")); // behind all that was retained
        Assert.Contains(late.Messages, message => IsOf(message, Name("stays")));
        Assert.DoesNotContain(late.Messages, message => IsOf(message, Name("removed")) || IsOf(message, Name("own")));
        Assert.Equal([Name("own"), Name("stays")], B.Names());
    }

    [Fact]
    public void An_object_that_is_made_anew_with_another_layout_is_made_anew_on_the_far_side()
    {
        _ = new LabBroker(Lab);
        PythonPeer onA = PythonOn(A), onB = PythonOn(B);
        onA.Open("x", Name(), 1.5);
        BridgeOnA("--publish", Name("*")).UntilConnected();
        BridgeOnB("--subscribe", Name("*")).UntilConnected();
        Until(() => B.Has(Name()));
        onB.Open("x", Name());
        Assert.Equal(1.5, onB.Fetch("x"));

        onA.Run("unlink", ("handle", "x"));
        onA.Open("x", Name(), NDArray.Create<double>([1, 2, 3], 3));

        Until(() => (bool)onB.Run("links", ("handle", "x"))!["is_stale"]!);
        onB.Open("y", Name());
        Assert.True(JsonForm.SameBits(NDArray.Create<double>([1, 2, 3], 3), onB.Fetch("y")));
    }

    [Fact]
    public void What_the_far_side_has_made_with_another_layout_is_left_alone()
    {
        _ = new LabBroker(Lab);
        PythonPeer onA = PythonOn(A), onB = PythonOn(B);
        onA.Open("x", Name(), 1.5);
        onB.Open("x", Name(), "another type");
        BridgeOnA("--publish", Name("*")).UntilConnected();
        LabBridge far = BridgeOnB("--subscribe", Name("*")).UntilConnected();

        far.Until(bridge => (string?)bridge[Name()]?["problem"] is { Length: > 0 });
        Assert.Equal("another type", onB.Fetch("x"));

        // As soon as it is out of the way, the newest value is there, though nobody writes.
        onB.Run("unlink", ("handle", "x"));
        Until(() => B.Has(Name()));
        onB.Open("y", Name());
        Assert.Equal(1.5, onB.Fetch("y"));
    }

    [Fact]
    public void Where_shared_memory_is_full_the_rest_goes_on_and_the_newest_value_comes_when_there_is_room()
    {
        MakeLab(shmOfB: "2m");
        _ = new LabBroker(Lab);
        LabProcess writer = Write(A, Name("image") + ":1000000:20", Name("state") + ":100:100");
        B.Write("filler", new byte[3 * 512 * 1024]);
        BridgeOnA("--publish", Name("*")).UntilConnected();
        LabBridge far = BridgeOnB("--subscribe", Name("*")).UntilConnected();
        LabProcess reader = Read(B, Name("state"), Name("image"));
        writer.Ask("go");

        far.Until(bridge => (string?)bridge[Name("image")]?["problem"] is { Length: > 0 });
        reader.Ask($"until {Name("state")} {CountOf(writer, Name("state"))}");
        Assert.False(B.Has(Name("image")));
        long last = CountOf(writer, Name("image"));
        B.Delete("filler");
        reader.Ask($"until {Name("image")} {last}");
        long written = (long)JsonNode.Parse(writer.Ask("stop"))![Name("image")]!;
        reader.Ask($"until {Name("image")} {written}");
        far.Until(bridge => (string?)bridge[Name("image")]!["problem"] is null);
    }

    private static long CountOf(LabProcess writer, string name) => (long)JsonNode.Parse(writer.Ask("count"))![name]!;

    private static bool IsOf(RawMqtt.Message message, string name) => message.Topic.EndsWith("/" + name, StringComparison.Ordinal);

    private static bool IsCleared(RawMqtt raw, string name) => raw.Messages.LastOrDefault(message => IsOf(message, name)) is { Payload.Length: 0, Retain: true };

    /// <summary>The float that was sent last under this test's name.</summary>
    private double? Last(RawMqtt raw) => raw.Messages.LastOrDefault(message => IsOf(message, Name()) && message.Payload.Length > 0) is { } last
        ? BitConverter.ToDouble(last.Payload, 9)
        : null;
}
