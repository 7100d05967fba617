using System;
using BenchmarkDotNet.Attributes;
using SharedObjects.Benchmarks.Ratios;

namespace SharedObjects.Benchmarks.Operations;

/// <summary>A colour image of 480 x 848.</summary>
[MemoryDiagnoser]
public class ImageBenchmarks : IDisposable
{
    private readonly Fixture _fixture = new();
    private readonly byte[] _pixels = new byte[Fixture.ImageSize];

    /// <summary>The floor: the bytes copied out of the mapping.</summary>
    [Benchmark(Baseline = true)]
    public void Copy() => _fixture.RawImage.Bytes.Slice(Fixture.ImageOffset, _pixels.Length).CopyTo(_pixels);

    /// <summary>Into memory of the caller's.</summary>
    [Benchmark]
    public void FetchInto() => _fixture.Image.FetchInto(_pixels);

    /// <summary>From memory of the caller's.</summary>
    [Benchmark]
    public void Assign() => _fixture.Image.Assign(_pixels);

    /// <summary>One pixel, in place, under the lock.</summary>
    [Benchmark]
    public int View() => _fixture.Image.Fetch(static view => view[240, 424, 1]);

    /// <summary>Unlinks the object.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _fixture.Dispose();
        GC.SuppressFinalize(this);
    }
}
