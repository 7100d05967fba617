using System;
using System.IO;
using System.Runtime.InteropServices;
using SharedObjects.Package.Tests.Support;
using SharedObjects.Tests.Support;

namespace SharedObjects.Package.Tests;

/// <summary>The tool as users get it: installed from its packages, and as a native program.</summary>
public class CliToolTests
{
    [Fact]
    public void Is_packed_installed_and_run()
    {
        using var scratch = new Scratch();
        const string Version = "9999.0.0-test";
        string packed = Tool.DotNet(
            Python.Root, "pack", "src/SharedObject.Cli", "-c", "Release", "--artifacts-path", scratch["build"], "-o", scratch["packages"], "--nologo", $"-p:PackageVersion={Version}");
        Assert.DoesNotContain("warning", packed, StringComparison.OrdinalIgnoreCase);

        // The package that names those of the machines, the one of this machine, and the one of all others.
        Assert.Equal(3, Directory.GetFiles(scratch["packages"], "*.nupkg").Length);
        scratch.Write(
            "nuget.config",
            $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="packed" value="{scratch["packages"]}" />
              </packageSources>
              <config>
                <add key="globalPackagesFolder" value="{scratch["unpacked"]}" />
              </config>
            </configuration>
            """);
        Tool.DotNet(scratch.Path, "tool", "install", "SharedObject.Cli", "--version", Version, "--tool-path", scratch["tools"], "--configfile", scratch["nuget.config"]);
        AssertRuns(scratch["tools/sharedobj"], scratch);
    }

    [Fact]
    public void Is_published_ahead_of_time_without_a_warning_and_run()
    {
        using var scratch = new Scratch();
        string rid = "linux-" + RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
        string publish = Tool.DotNet(
            Python.Root, "publish", "src/SharedObject.Cli", "-c", "Release", "-r", rid, "-p:PublishAot=true", "--artifacts-path", scratch["build"], "-o", scratch["app"], "--nologo");
        Assert.DoesNotContain("warning", publish, StringComparison.OrdinalIgnoreCase);
        Assert.False(File.Exists(scratch["app/sharedobj.dll"]), "This is no native program.");
        AssertRuns(scratch["app/sharedobj"], scratch);
    }

    private static void AssertRuns(string program, Scratch scratch)
    {
        string name = $"so-test-{Environment.ProcessId}-tool";
        try
        {
            Tool.Run(program, scratch.Path, "create", name, "0.5");
            Assert.Equal("0.5\n", Tool.Run(program, scratch.Path, "echo", name));
            Assert.Contains("\"trailer\":true", Tool.Run(program, scratch.Path, "list", name, "--json"), StringComparison.Ordinal);

            // What draws, by the library that it has for that.
            Assert.Contains(name, Tool.Run(program, scratch.Path, "top", "--json", "--interval", "0.1", "--duration", "0.2"), StringComparison.Ordinal);
            Tool.Run(program, scratch.Path, "rm", name);
        }
        finally
        {
            File.Delete("/dev/shm/" + name);
        }
    }
}
