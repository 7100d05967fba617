using System;
using SharedObjects.Benchmarks.Peers;
using SharedObjects.Benchmarks.Ratios;

switch (args)
{
    case ["ratios", .. var arguments]:
        return RatiosCommand.Run(arguments);
    case ["loop", var name]:
        return LoopCommand.Run(name, seconds: 5);
    case ["child", .. var arguments]:
        return Roles.Play(arguments);
    default:
        Console.Error.WriteLine(
            """
            ratios [--json] [--quick]   all figures beside their bars, in under a minute
            loop NAME                   one of the figures, for a profiler
            latency [seconds]           percentiles of what several processes do to each other
            bdn [arguments]             the operations by BenchmarkDotNet
            """);
        return 2;
}
