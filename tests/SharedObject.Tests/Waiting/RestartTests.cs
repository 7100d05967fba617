using System;
using System.Diagnostics;
using System.IO;
using System.Text.RegularExpressions;
using Mono.Unix.Native;
using SharedObjects.Tests.LockFree;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.Waiting;

/// <summary>Producers that are killed and come back, and names that vanish (tests/SharedObject.Soak): nothing may be lost or left.</summary>
public sealed partial class RestartTests : SegmentTest
{
    private const string FollowersOfEach = "202"; // a stream and a thread, of the first producer and of a hundred that came after it

    [Theory]
    [InlineData("csharp")]
    [InlineData("python")]
    public void A_producer_that_is_killed_a_hundred_times_is_followed_each_time(string kind)
    {
        string output = Run("so-test-restarts", "restarts", kind, "100");
        Match last = Restarts().Match(output);
        Assert.True(last.Success, output);
        Assert.Equal(FollowersOfEach, last.Groups["values"].Value);
    }

    [Fact]
    public void A_day_in_ten_seconds_leaves_nothing_behind()
    {
        string output = Run("so-test-soak", "soak", "10", "1");
        Match last = Soak().Match(output);
        Assert.True(last.Success, output);
        Assert.NotEqual("0", last.Groups["restarts"].Value);
        Assert.NotEqual("0", last.Groups["waits"].Value);
    }

    [Fact]
    public void A_process_that_ends_while_it_waits_leaves_no_waiter_behind()
    {
        using SharedArray<ulong> handle = SharedArray<ulong>.Create(Name(), [8]);
        using var raw = new RawSegment(Name(), handle.Layout.BufferSize);
        SharedArray<ulong>.Create(Name("other"), [8]).Dispose();
        using Process process = Start("leave", Name(), Name("other"));
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        Until(() => raw.WaitersWord == 2); // a thread and a task
        Assert.Equal(0, Syscall.truncate("/dev/shm/" + Name("other"), 0)); // nobody waits there: it must not be touched
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(0u, raw.WaitersWord);
    }

    [Fact]
    public void Its_arguments_are_checked()
    {
        using Process process = Start("restarts", "cobol");
        Assert.Contains("python", process.StandardError.ReadToEnd(), StringComparison.Ordinal);
        process.WaitForExit();
        Assert.Equal(2, process.ExitCode);
    }

    /// <returns>What it has said. It has ended well, and unlinked its segments.</returns>
    private static string Run(string segments, params string[] arguments)
    {
        using Process process = Start(arguments);
        string output = process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output + errors);
        Assert.Empty(Directory.GetFiles("/dev/shm", $"{segments}-{process.Id}-*"));
        return output;
    }

    private static Process Start(params string[] arguments)
    {
        // Beside this assembly, as the project refers to it.
        string program = Path.Combine(AppContext.BaseDirectory, "SharedObject.Soak.dll");
        return Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["SHAREDOBJECT_PYTHON"] = Python.Executable },
        })!;
    }

    [GeneratedRegex(@"^restarts: \w+, 100 restarts, (?<values>\d+) first values .*; 0 problems\s*\z", RegexOptions.Multiline)]
    private static partial Regex Restarts();

    [GeneratedRegex(@"^soak: \d+ days, (?<restarts>\d+) restarts, .*, (?<waits>\d+) waits of passers-by; 0 problems\s*\z", RegexOptions.Multiline)]
    private static partial Regex Soak();
}
