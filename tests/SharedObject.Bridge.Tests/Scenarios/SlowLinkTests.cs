using System.Text.Json.Nodes;
using System.Threading;
using SharedObjects.Bridging.Tests.Lab;

namespace SharedObjects.Bridging.Tests.Scenarios;

/// <summary>A link that carries less than what is written: old values are dropped, and no object waits for another.</summary>
public sealed class SlowLinkTests : LabTest
{
    private const int ImageSize = 200_000;
    private const int ImageHz = 30;
    private const int LinkRate = 400_000; // bytes a second: an image takes half of one

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Images_are_dropped_and_what_is_small_stays_fresh(bool atWriter)
    {
        _ = new LabBroker(Lab);
        var link = new LabLink(Lab, 1884);
        LabProcess writer = Write(A, Name("state") + ":1000:50", Name("image") + $":{ImageSize}:{ImageHz}");
        string viaLink = LabBridge.Address(atWriter ? NetworkLab.WireFromA : NetworkLab.WireFromB, link.Port);
        string[] publish = ["--publish", Name("*")], subscribe = ["--subscribe", Name("*")];
        LabBridge near = (atWriter ? Bridge(A, viaLink, publish) : BridgeOnA(publish)).UntilConnected();
        LabBridge far = (atWriter ? BridgeOnB(subscribe) : Bridge(B, viaLink, subscribe)).UntilConnected();
        LabProcess reader = Read(B, Name("state"), Name("image"));
        reader.Ask($"until {Name("state")} 1");
        reader.Ask($"until {Name("image")} 1");

        link.Rate(LinkRate);
        link.Delay(10, jitterMs: 5);
        link.Loss(percent: 1, stallMs: 50);
        writer.Ask("go");
        reader.Ask($"until {Name("image")} 30"); // what stood in the queues of a fast link has passed
        reader.AskJson("report");
        long before = (long)JsonNode.Parse(writer.Ask("count"))![Name("image")]!;
        reader.Ask($"until {Name("image")} {before + 90}");
        JsonNode seen = reader.AskJson("report");
        JsonNode state = seen[Name("state")]!, image = seen[Name("image")]!;
        JsonNode counts = JsonNode.Parse(writer.Ask("stop"))!;

        // One after the other, whole, and the last one in the end, whatever was dropped between.
        foreach (string label in (string[])["state", "image"])
        {
            reader.Ask($"until {Name(label)} {(long)counts[Name(label)]!}");
            JsonNode report = reader.AskJson("report")[Name(label)]!;
            Assert.Equal((0, 0, null), ((int)report["disorder"]!, (int)report["broken"]!, (string?)report["failure"]));
        }

        string all = $"{seen}\n{near}\n{far}";
        Assert.True((int)image["count"]! < 45, $"of more than 90 images, a link for two a second has carried {all}");
        Assert.True((int)state["count"]! > 4 * (int)image["count"]!, $"states were dropped with the images: {all}");
        // Behind an image, a state would be as late as it. What stands in the queue before an image is at most the one that is under way.
        Assert.True((double)state["p50"]! < (double)image["p50"]! / 4, $"states wait for images: {all}");
        // By what came in the time of those 90: a queue would make each later than the one before it.
        double interval = 90 * 1000.0 / ImageHz / (int)image["count"]!;
        Assert.True((double)image["p50"]! < 6 * interval, $"images queue: {all}");
        Assert.True((long)near[Name("image")]!["superseded"]! > 40, all);
    }

    [Fact]
    public void A_rate_and_a_size_are_limits_and_the_newest_value_arrives_at_last()
    {
        _ = new LabBroker(Lab);
        LabProcess writer = Write(A, Name("fast") + ":1000:200", Name("slow") + ":1000:200", Name("large") + ":30000:200");
        LabBridge near = BridgeOnA("--publish", Name("*"), "--rate", Name("slow") + "=10", "--max-size", Name("large") + "=20000").UntilConnected();
        LabBridge far = BridgeOnB("--subscribe", Name("*")).UntilConnected();
        LabProcess reader = Read(B, Name("fast"), Name("slow"));
        reader.Ask($"until {Name("fast")} 1");
        reader.Ask($"until {Name("slow")} 1");
        writer.Ask("go");
        Thread.Sleep(2000);
        JsonNode counts = JsonNode.Parse(writer.Ask("stop"))!;
        reader.Ask($"until {Name("fast")} {(long)counts[Name("fast")]!}");
        reader.Ask($"until {Name("slow")} {(long)counts[Name("slow")]!}");

        JsonNode report = reader.AskJson("report");
        int slow = (int)report[Name("slow")]!["count"]!, fast = (int)report[Name("fast")]!["count"]!;
        Assert.True(slow * 4 < fast, $"{slow} of the slow one, and {fast} of the fast one");
        Assert.False(B.Has(Name("large")));
        near.Until(near => (string?)near[Name("large")]?["problem"] is { } problem && problem.Contains("20", System.StringComparison.Ordinal));
        Assert.Single(near.Log.Split('\n'), line => line.Contains(Name("large"), System.StringComparison.Ordinal) && line.Contains("20000", System.StringComparison.Ordinal)); // said once
        Assert.Null(far[Name("large")]);
    }
}
