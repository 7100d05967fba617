using System;
using System.IO;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;

namespace SharedObjects.Benchmarks.Operations;

/// <summary>The operations by BenchmarkDotNet, each in a process of its own.</summary>
internal static class BdnCommand
{
    internal static int Run(string[] arguments)
    {
        IConfig config = DefaultConfig.Instance.WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "BenchmarkDotNet.Artifacts"));
        BenchmarkSwitcher.FromAssembly(typeof(BdnCommand).Assembly).Run(arguments, config);
        return 0;
    }
}
