using BenchmarkDotNet.Running;
using SharedObjects.Generators.Benchmarks;

if (args is ["cpu"])
{
    CpuTimes.Run();
}
else
{
    BenchmarkRunner.Run<GeneratorBenchmarks>(args: args);
}
