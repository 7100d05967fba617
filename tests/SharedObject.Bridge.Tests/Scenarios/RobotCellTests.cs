using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using SharedObjects.Bridging.Tests.Lab;
using SharedObjects.Tests.Support;

namespace SharedObjects.Bridging.Tests.Scenarios;

/// <summary>The main sample with its Python half on one host and its C# half on the other.</summary>
public sealed class RobotCellTests : LabTest
{
    /// <summary>How long, in seconds: a short version for CI, and the project's bar of a minute where this is 60.</summary>
    private const string SecondsVariable = "SHAREDOBJECT_BRIDGE_SECONDS";

    // What a heap that is collected now and then may differ by; what a leak of a few bytes for each value makes in a minute is more.
    private const long Slack = 24L << 20;

    [Fact]
    public void The_cell_is_watched_and_commanded_from_another_host_and_no_memory_grows()
    {
        int seconds = int.Parse(Environment.GetEnvironmentVariable(SecondsVariable) ?? "12", CultureInfo.InvariantCulture);
        string cell = Name("cell");
        string[] fromRobot = [cell + "_state", cell + "_q*", cell + "_tcp_pose", cell + "_cam0_*"];
        string[] toRobot = [cell + "_command", "start_" + cell, "join_" + cell, $"sync_{cell}_cam0"];
        _ = new LabBroker(Lab);
        LabProcess robot = A.Start(
            "env", "PYTHONPATH=" + Path.Combine(AppContext.BaseDirectory, "python"), Python.Executable, Path.Combine(AppContext.BaseDirectory, "producer", "robot_cell.py"),
            "--prefix", cell, "--lifetime", (seconds + 60).ToString(CultureInfo.InvariantCulture));
        LabBridge[] bridges =
        [
            BridgeOnA(["--publish", .. fromRobot, "--subscribe", .. toRobot]).UntilConnected(),
            BridgeOnB(["--subscribe", .. fromRobot, "--publish", .. toRobot]).UntilConnected(),
        ];
        LabProcess viewer = B.Start(
            Path.Combine(AppContext.BaseDirectory, "RobotCell"), "--attach", "--check", "--prefix", cell,
            "--seconds", seconds.ToString(CultureInfo.InvariantCulture), "--out", Folder);

        List<long>[] memory = [[], []];
        for (long began = Stopwatch.GetTimestamp(); !viewer.HasEnded && Stopwatch.GetElapsedTime(began).TotalSeconds < seconds;)
        {
            Thread.Sleep(200);
            for (int i = 0; i < bridges.Length; i++)
            {
                memory[i].Add(bridges[i].MemoryInUse);
            }
        }

        Assert.True(viewer.End() == 0, $"{viewer}\n{robot}\n{string.Join(' ', A.Names())}\n{string.Join('\n', (object[])bridges)}");
        JsonNode summary = JsonNode.Parse(viewer.Output.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1])!;
        Assert.True((bool)summary["ok"]!);
        Assert.Equal(2, summary["commandLatenciesMs"]!.AsArray().Count); // it has stopped when told to, and gone on
        Assert.Equal(0, robot.End()); // told by the join trigger
        for (int i = 0; i < bridges.Length; i++)
        {
            // The first half is for buffers to be made and code to be compiled.
            List<long> second = memory[i][(memory[i].Count / 2)..];
            long early = Median(second[..(second.Count / 3)]), late = Median(second[(second.Count * 2 / 3)..]);
            Assert.True(late - early < Slack, $"from {early >> 20} to {late >> 20} MiB: {string.Join(' ', memory[i].Select(static bytes => bytes >> 20))}\n{bridges[i]}");
        }
    }

    private static long Median(List<long> numbers) => numbers.Order().ElementAt(numbers.Count / 2);
}
