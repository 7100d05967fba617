using System.Globalization;
using SharedObjects.Bridging.Tests.Lab;

namespace SharedObjects.Bridging.Tests.Scenarios;

/// <summary>Many objects.</summary>
public sealed class ScaleTests : LabTest
{
    [Fact]
    public void A_thousand_objects_cross_and_follow_their_writer()
    {
        const int Count = 1000;
        _ = new LabBroker(Lab);
        LabProcess writer = A.Start(Programs.Peer("numbers", Name("n"), Count.ToString(CultureInfo.InvariantCulture), "make")).Hear("ready");
        LabBridge near = BridgeOnA("--publish", Name("*")).UntilConnected();
        LabBridge far = BridgeOnB("--subscribe", Name("*")).UntilConnected();
        LabProcess reader = B.Start(Programs.Peer("numbers", Name("n"), Count.ToString(CultureInfo.InvariantCulture), "open")).Hear("ready");

        reader.Ask("until 0");
        for (int number = 1; number <= 10; number++)
        {
            writer.Ask($"assign {number}");
            reader.Ask($"until {number}");
        }

        near.Until(static bridge => bridge.Status!["objects"]!.AsArray().Count == Count);
        far.Until(static bridge => bridge.Status!["objects"]!.AsArray().Count == Count);
        // A thread for each of them would be far more.
        Assert.InRange(near.Threads, 1, 100);
        Assert.InRange(far.Threads, 1, 100);
    }
}
