using System;
using BenchmarkDotNet.Attributes;
using SharedObjects.Benchmarks.Ratios;
using SharedObjects.Samples.RobotCell.Schemas;

namespace SharedObjects.Benchmarks.Operations;

/// <summary>Reading small values.</summary>
[MemoryDiagnoser]
public class FetchBenchmarks : IDisposable
{
    private readonly Fixture _fixture = new();
    private readonly byte[] _copy = new byte[64];
    private Joints _joints = new(new double[8]);
    private LockedJoints _locked = new(new double[8]);
    private ArmState _state;

    /// <summary>The floor: the bytes copied out of the mapping.</summary>
    [Benchmark(Baseline = true)]
    public void Copy() => _fixture.RawJoints.Bytes.Slice(Fixture.JointsOffset, _copy.Length).CopyTo(_copy);

    /// <summary>Eight doubles into an array that is there.</summary>
    [Benchmark]
    public void FetchInto() => _fixture.Joints.FetchInto(ref _joints);

    /// <summary>Eight doubles into a new array.</summary>
    [Benchmark]
    public double[] Fetch() => _fixture.Joints.Fetch().Values;

    /// <summary>Under the lock.</summary>
    [Benchmark]
    public void FetchLocked() => _fixture.JointsLocked.FetchInto(ref _locked);

    /// <summary>A dict of ten items.</summary>
    [Benchmark]
    public void FetchState() => _fixture.State.FetchInto(ref _state);

    /// <summary>A float.</summary>
    [Benchmark]
    public double FetchFloat() => _fixture.Number.Fetch();

    /// <summary>Whether there is something new.</summary>
    [Benchmark]
    public bool Modified() => _fixture.Joints.Modified;

    /// <summary>Unlinks the objects.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _fixture.Dispose();
        GC.SuppressFinalize(this);
    }
}
