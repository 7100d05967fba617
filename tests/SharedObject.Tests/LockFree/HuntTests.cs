using System;
using System.Diagnostics;
using System.IO;
using System.Text.RegularExpressions;
using SharedObjects.Tests.Support;

namespace SharedObjects.Tests.LockFree;

/// <summary>The hunt for torn values (tests/SharedObject.Hunt), for a few seconds.</summary>
public sealed partial class HuntTests : SegmentTest
{
    [Fact]
    public void A_short_hunt_catches_nothing_but_its_control_does()
    {
        // Beside this assembly, as the project refers to the hunt's.
        string program = Path.Combine(AppContext.BaseDirectory, "SharedObject.Hunt.dll");
        var start = new ProcessStartInfo("dotnet", [program, "hunt", "--seconds", "8", "--seed", "1", "--control"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["SHAREDOBJECT_PYTHON"] = Python.Executable;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        Match last = LastLine().Match(output);
        Assert.True(last.Success, output);
        Assert.NotEqual("0", last.Groups["reads"].Value);
        Assert.NotEqual("0", last.Groups["tears"].Value);
        Assert.Empty(Directory.GetFiles("/dev/shm", $"so-test-hunt-{process.Id}-*"));
    }

    [Fact]
    public void Its_arguments_are_checked()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "SharedObject.Hunt.dll");
        var start = new ProcessStartInfo("dotnet", [program, "hunt", "--second", "8"]) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Assert.Contains("--seconds", process.StandardError.ReadToEnd(), StringComparison.Ordinal);
        process.WaitForExit();
        Assert.Equal(2, process.ExitCode);
    }

    [GeneratedRegex(@"^hunt: (?<reads>\d+) reads, 0 torn values, (?<tears>\d+) tears caught by the control: OK\s*\z", RegexOptions.Multiline)]
    private static partial Regex LastLine();
}
