using System;
using System.IO;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace SharedObjects.Benchmarks.Operations;

/// <summary>The operations by BenchmarkDotNet, in this process: nothing is built anew, and the segments are this process's.</summary>
internal static class BdnCommand
{
    internal static int Run(string[] arguments)
    {
        IConfig config = DefaultConfig.Instance
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance))
            .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "BenchmarkDotNet.Artifacts"));
        BenchmarkSwitcher.FromAssembly(typeof(BdnCommand).Assembly).Run(arguments, config);
        return 0;
    }
}
