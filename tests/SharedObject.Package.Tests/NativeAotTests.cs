using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using SharedObjects.Package.Tests.Support;
using SharedObjects.Tests.Support;

namespace SharedObjects.Package.Tests;

/// <summary>The main sample, compiled ahead of time: a program of its own, without a .NET runtime.</summary>
public class NativeAotTests
{
    [Fact]
    public void The_sample_is_published_without_a_warning_and_runs()
    {
        Assert.True(
            Tool.Exists("clang") || Tool.Exists("gcc"),
            "NativeAOT needs clang or gcc, and zlib's headers: run ./build.sh setup, or install them (Debian, Ubuntu: sudo apt-get install clang zlib1g-dev).");

        using var scratch = new Scratch();
        string rid = "linux-" + RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();

        // Built in a folder of its own: the repository's obj folders belong to builds for any system.
        string publish = Tool.DotNet(
            Python.Root, "publish", "samples/RobotCell/consumer", "-c", "Release", "-r", rid, "--artifacts-path", scratch["build"], "-o", scratch["app"], "--nologo");
        Assert.DoesNotContain("warning", publish, StringComparison.OrdinalIgnoreCase);
        Assert.False(File.Exists(scratch["app/RobotCell.dll"]), "This is no native program.");

        string output = Tool.Run(
            scratch["app/RobotCell"], scratch.Path, "--seconds", "2", "--check", "--python", Python.Executable, "--prefix", $"so-test-{Environment.ProcessId}-aot");
        string last = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Last();
        using JsonDocument summary = JsonDocument.Parse(last);
        Assert.True(summary.RootElement.GetProperty("ok").GetBoolean(), output);
        Assert.All(
            summary.RootElement.GetProperty("objects").EnumerateObject(),
            watched => Assert.True(watched.Value.GetProperty("values").GetInt64() > 0, output));
    }
}
