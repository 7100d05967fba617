using System;
using System.Diagnostics;
using System.IO;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Faults;

/// <summary>
/// Faults that need processes, file systems and users of their own (tests/SharedObject.Stress), each for a short while. A failure prints the
/// seed; the same program with it, and with more time, is for looking closer.
/// </summary>
public sealed class StressProgramTests : SegmentTest
{
    [Fact]
    public void Everything_at_once() => Run("stress", "--seconds", "6", "--seed", "20261122");

    [Fact]
    public void Writers_killed_in_the_middle_leave_the_old_value_the_new_one_or_torn_and_the_next_goes_on() =>
        Run("kills", "--seeds", "12", "--first", "1");

    [Fact]
    public void Four_processes_of_two_languages_make_one_object_a_thousand_times() => Run("races", "--rounds", "1000");

    /// <remarks>
    /// In a mount namespace of its own, by unshare(1): where that may not be done (a container without CAP_SYS_ADMIN, or without user
    /// namespaces), this test fails and unshare says why.
    /// </remarks>
    [Theory]
    [InlineData("creation")]
    [InlineData("adoption")]
    [InlineData("sparse")]
    [InlineData("being-made")]
    [InlineData("growth")]
    public void Where_shared_memory_is_full(string scenario) => Assert.Contains($"{scenario}: OK", Run("tmpfs", scenario), StringComparison.Ordinal);

    [Fact]
    public void Wrong_arguments_are_refused() => Assert.Contains("--seconds", Run(2, "stress", "--second", "5"), StringComparison.Ordinal);

    internal static string Run(params string[] arguments) => Run(0, arguments);

    internal static string Run(int exitCode, params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "SharedObject.Stress.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SHAREDOBJECT_PYTHON"] = Python.Executable;
        using Process process = Process.Start(start)!;
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        Assert.True(process.ExitCode == exitCode, $"exit code {process.ExitCode} of {string.Join(' ', arguments)}:\n{output}");
        Assert.Empty(Directory.GetFiles("/dev/shm", $"so-test-stress-{process.Id}-*"));
        return output;
    }
}
