using System;
using System.Linq;
using System.Text.Json.Nodes;
using SharedObjects.Tests.Cli.Support;
using SharedObjects.Tests.Interop;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Cli;

/// <summary><c>hz</c>, <c>bw</c>, <c>delay</c>: of a Python writer.</summary>
public sealed class MeasureTests(PeerFixture fixture) : CliTest(fixture)
{
    [Fact]
    public void Names_that_are_none_do_not_keep_the_others_from_being_watched()
    {
        Make("x", 1.5);
        ToolResult hz = Run("hz", Name("none"), Name(), "--json", "--duration", "0.01");
        Assert.Single(hz.Lines);
        hz.Failed(1, Name("none"));
        ToolResult echo = Run("echo", Name("none"), Name(), "--follow", "--count", "1");
        Assert.Contains("1.5", echo.Output, StringComparison.Ordinal);
        echo.Failed(1, Name("none"));
        Run("plot", Name("none")).Failed(1, Name("none"));
    }

    [Theory]
    [InlineData("hz")]
    [InlineData("bw")]
    [InlineData("delay")]
    [InlineData("top")]
    public void However_short_it_runs_it_says_something(string verb)
    {
        Make("x", 1.5);
        string[] names = verb == "top" ? [] : [Name()];
        Assert.Single(Run([verb, .. names, "--json", "--duration", "0.01", "--interval", "60"]).Done().Lines);
    }

    [Fact]
    public void Rates_are_those_of_the_stamps()
    {
        Peer.Open("a", Name(), 1.5);
        Make("still", 2.5);
        using var tool = new RunningTool("hz", Name(), Name("still"), "--json", "--interval", "0.5");

        // So many assigns, of which the tool sees all or some; their stamps say how far apart they were.
        bool stop = false;
        var writer = new System.Threading.Thread(() =>
        {
            for (long i = 0; !System.Threading.Volatile.Read(ref stop); i++)
            {
                Peer.Assign("a", (double)i);
                System.Threading.Thread.Sleep(10);
            }
        });
        writer.Start();
        try
        {
            JsonNode moving, still;
            do
            {
                moving = JsonNode.Parse(tool.Output.ReadLine()!)!;
                still = JsonNode.Parse(tool.Output.ReadLine()!)!;
            }
            while ((int)moving["changes"]! < 5);

            Assert.Equal(Name(), (string)moving["name"]!);
            double mean = (double)moving["period"]!["mean"]!;
            Assert.Equal(1 / mean, (double)moving["hz_at_least"]!, 0.01);
            Assert.InRange((double)moving["period"]!["min"]!, 0.0099, mean); // a thread that sleeps 10 ms
            Assert.InRange((double)moving["period"]!["max"]!, mean, double.MaxValue);
            Assert.Equal(0, (int)still["changes"]!);
            Assert.Equal(0.0, (double)still["hz_at_least"]!);
        }
        finally
        {
            System.Threading.Volatile.Write(ref stop, true);
            writer.Join();
            Peer.Run("close", ("handle", "a"));
        }

        tool.Signal("INT");
        Assert.Equal(0, tool.End().ExitCode);
    }

    [Fact]
    public void Bandwidth_is_the_rate_times_the_size_and_delay_has_percentiles_in_order()
    {
        Peer.Open("a", Name(), NDArray.Create<byte>(new byte[10_000], 10_000));
        Peer.Run("write_loop", ("handle", "a"), ("values", new JsonArray(JsonForm.Write(NDArray.Create<byte>(new byte[10_000], 10_000)))));
        try
        {
            JsonNode bandwidth = Run("bw", Name(), "--json", "--interval", "0.3", "--duration", "0.4").Done().Json[0];
            Assert.Equal(10_026, (int)bandwidth["size"]!);
            Assert.True((int)bandwidth["changes"]! > 1);
            Assert.True((double)bandwidth["bytes_per_second_at_least"]! > 10_026);

            JsonNode delay = Run("delay", Name(), "--json", "--interval", "0.3", "--duration", "0.4").Done().Json[0]["delay"]!;
            double[] ages = [.. ((string[])["min", "p50", "p90", "p99", "max"]).Select(key => (double)delay[key]!)];
            Assert.Equal(ages.Order(), ages);
            Assert.Contains("at least", Run("hz", Name(), "--duration", "0.3", "--interval", "0.2").Done().Output, StringComparison.Ordinal);
        }
        finally
        {
            Peer.Run("stop_loop", ("handle", "a"));
            Peer.Run("close", ("handle", "a"));
        }
    }

    [Fact]
    public void An_object_that_goes_away_is_said_to_be_gone()
    {
        string name = Make("x", 1.5);
        using var tool = new RunningTool("hz", name, "--interval", "0.3");
        Assert.Contains("no change", tool.Output.ReadLine(), StringComparison.Ordinal);
        Run("rm", name).Done();
        string? line;
        do
        {
            line = tool.Output.ReadLine();
        }
        while (line?.Contains("gone", StringComparison.Ordinal) != true);
        tool.Signal("TERM");
        tool.End();
    }
}
