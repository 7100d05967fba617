using System;
using System.Globalization;
using SharedObjects.Benchmarks.Bridge;
using SharedObjects.Benchmarks.Latency;
using SharedObjects.Benchmarks.Operations;
using SharedObjects.Benchmarks.Peers;
using SharedObjects.Benchmarks.Ratios;
using SharedObjects.Benchmarks.Wake;

switch (args)
{
    case ["ratios", .. var arguments]:
        return RatiosCommand.Run(arguments);
    case ["loop", var name]:
        return LoopCommand.Run(name, seconds: 5);
    case ["latency"]:
        return LatencyCommand.Run(seconds: 3);
    case ["latency", var seconds]:
        return LatencyCommand.Run(double.Parse(seconds, CultureInfo.InvariantCulture));
    case ["crowd"]:
        return LatencyCommand.RunCrowd(seconds: 2);
    case ["crowd", var seconds]:
        return LatencyCommand.RunCrowd(double.Parse(seconds, CultureInfo.InvariantCulture));
    case ["wake", .. var arguments]:
        return WakeCommand.Run(arguments);
    case ["bridge", .. var arguments]:
        return BridgeCommand.Run(arguments);
    case ["bdn", .. var arguments]:
        return BdnCommand.Run(arguments);
    case ["child", .. var arguments]:
        return Roles.Play(arguments);
    default:
        Console.Error.WriteLine(
            """
            ratios [--quick] [--markdown] [--json]   all figures beside their bars, in under a minute
            loop NAME                                one of the figures, for a profiler
            latency [seconds]                        percentiles of what several processes do to each other
            crowd [seconds]                          a writer beside readers that never pause
            wake [--quick] [--json] [--no-idle]      what it costs to wake one who waits, beside C, and to wait for nothing
            bridge [--quick] [--json]                a bridged object beside a bare MQTT message of the same bytes
            bdn [arguments]                          the operations by BenchmarkDotNet
            """);
        return 2;
}
