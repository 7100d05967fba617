using System;
using System.Threading;

namespace SharedObjects.Tests.Support;

/// <summary>
/// The base of tests that make segments: gives out names that no other test or run has, unlinks them all at the end, and ends a
/// test that hangs instead of letting it block the run.
/// </summary>
public abstract class SegmentTest : IDisposable
{
    /// <summary>What the names of all segments of all tests begin with; the test script looks for leftovers of it.</summary>
    public const string Prefix = "so-test-";

    // Far beyond what any test takes on a loaded machine: this is a guard against a deadlock, not a measurement.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static int s_count;

    private readonly string _prefix = $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}-";
    private readonly Timer _watchdog;

    protected SegmentTest()
    {
        string name = GetType().Name;
        _watchdog = new Timer(_ => Environment.FailFast($"A test of {name} hung for more than {Limit}."), null, Limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The name of an object of this test.</summary>
    protected string Name(string label = "x") => _prefix + label;

    public virtual void Dispose()
    {
        _watchdog.Dispose();
        foreach (string file in System.IO.Directory.EnumerateFiles("/dev/shm", _prefix + "*"))
        {
            System.IO.File.Delete(file);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Waits for a condition, for as long as the watchdog lets it.</summary>
    protected static void Until(Func<bool> condition)
    {
        while (!condition())
        {
            Thread.Sleep(1);
        }
    }
}
