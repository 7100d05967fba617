using System;
using BenchmarkDotNet.Attributes;
using SharedObjects.Benchmarks.Baselines;
using SharedObjects.Benchmarks.Ratios;
using SharedObjects.Samples.RobotCell.Schemas;

namespace SharedObjects.Benchmarks.Operations;

/// <summary>Writing small values.</summary>
[MemoryDiagnoser]
public class AssignBenchmarks : IDisposable
{
    private readonly Fixture _fixture = new();
    private readonly Joints _joints = new(new double[8]);
    private ArmState _state;

    /// <summary>Fetches what is assigned.</summary>
    [GlobalSetup]
    public void SetUp() => _state = _fixture.State.Fetch();

    /// <summary>The floor: the lock, taken and let go.</summary>
    [Benchmark(Baseline = true)]
    public void LockPair() => _fixture.RawLock.LockPair(Native.LockExclusive);

    /// <summary>Eight doubles.</summary>
    [Benchmark]
    public void Assign() => _fixture.Other.Assign(_joints);

    /// <summary>A dict of ten items.</summary>
    [Benchmark]
    public void AssignState() => _fixture.State.Assign(_state);

    /// <summary>A stamp and nothing else.</summary>
    [Benchmark]
    public void Trigger() => _fixture.Other.Trigger();

    /// <summary>Unlinks the objects.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _fixture.Dispose();
        GC.SuppressFinalize(this);
    }
}
