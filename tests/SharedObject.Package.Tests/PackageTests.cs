using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Xml.Linq;
using SharedObjects.Package.Tests.Support;

namespace SharedObjects.Package.Tests;

/// <summary>What a user gets from the packages: their files, and that a project with nothing but the runtime can share a record.</summary>
public class PackageTests(PackageFixture package) : IClassFixture<PackageFixture>
{
    [Fact]
    public void Packs_without_a_warning() =>
        Assert.DoesNotContain("warning", package.PackOutput, StringComparison.OrdinalIgnoreCase);

    [Theory]
    [InlineData(PackageFixture.Runtime, "analyzers/dotnet/cs/SharedObject.Generators.dll")]
    [InlineData(PackageFixture.Hosting)]
    [InlineData(PackageFixture.Bridge)]
    public void Holds_the_library_its_documentation_and_of_the_runtime_the_generator_alone(string library, params string[] analyzers)
    {
        using ZipArchive archive = package.Open(library, "nupkg");
        string[] files = [.. archive.Entries.Select(entry => entry.FullName)];
        Assert.Equal(
            [$"lib/net10.0/{library}.dll", $"lib/net10.0/{library}.xml"],
            files.Where(file => file.StartsWith("lib/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(
            analyzers,
            files.Where(file => file.StartsWith("analyzers/", StringComparison.Ordinal)));
        Assert.All(archive.Entries.Where(entry => entry.Name.Length > 0), entry => Assert.True(entry.Length > 0, entry.FullName));
    }

    [Theory]
    [InlineData(PackageFixture.Runtime)]
    [InlineData(PackageFixture.Hosting)]
    [InlineData(PackageFixture.Bridge)]
    public void Symbols_have_a_package_of_their_own(string library)
    {
        using ZipArchive archive = package.Open(library, "snupkg");
        Assert.NotNull(archive.GetEntry($"lib/net10.0/{library}.pdb"));
    }

    // The dependencies are not the generator, and nothing of what only the build needs.
    [Theory]
    [InlineData(PackageFixture.Runtime, "CommunityToolkit.HighPerformance", "Mono.Posix.NETStandard", "System.Numerics.Tensors")]
    [InlineData(
        PackageFixture.Hosting,
        "Microsoft.Extensions.Configuration.Binder",
        "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Diagnostics.HealthChecks",
        "Microsoft.Extensions.Hosting.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions",
        "Microsoft.Extensions.Options",
        PackageFixture.Runtime)]
    [InlineData(
        PackageFixture.Bridge,
        "MQTTnet",
        "Microsoft.Extensions.Configuration.Binder",
        "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Hosting.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions",
        "Microsoft.Extensions.Options",
        PackageFixture.Runtime,
        "ZstdSharp.Port")]
    public void Says_what_it_is(string library, params string[] dependencies)
    {
        using ZipArchive archive = package.Open(library, "nupkg");
        using Stream stream = archive.GetEntry(library + ".nuspec")!.Open();
        XElement metadata = XDocument.Load(stream).Root!.Elements().Single();
        XElement Element(string name) => metadata.Elements().Single(element => element.Name.LocalName == name);

        Assert.Equal(library, Element("id").Value);
        Assert.Equal("MIT", Element("license").Value);
        Assert.Equal("expression", Element("license").Attribute("type")?.Value);
        Assert.NotNull(archive.GetEntry(Element("readme").Value));
        AssertIcon(archive.GetEntry(Element("icon").Value)!);
        Assert.NotEmpty(Element("description").Value);
        Assert.NotEmpty(Element("tags").Value);
        Assert.Equal("https://github.com/sharedobject/sharedobject", Element("repository").Attribute("url")?.Value);
        Assert.Equal(
            dependencies,
            Element("dependencies").Descendants().Attributes("id").Select(id => id.Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_project_with_the_package_alone_shares_a_record()
    {
        using var project = new Scratch();
        WriteProject(project);
        string build = Tool.DotNet(project.Path, "build", "-c", "Release", "--nologo");
        Assert.Contains("0 Warning(s)", build, StringComparison.Ordinal);

        string name = $"so-test-{Environment.ProcessId}-package";
        try
        {
            string output = Tool.DotNet(project.Path, "bin/Release/net10.0/App.dll", name);
            Assert.Equal("1764547200 [0.5, -1, 2.25] ready, grüß Gott True\nequal: True\n", output);
        }
        finally
        {
            File.Delete("/dev/shm/" + name);
        }
    }

    private void WriteProject(Scratch project)
    {
        // One source more than the machine's own, which serve the package's dependencies.
        project.Write(
            "nuget.config",
            $"""
            <configuration>
              <packageSources>
                <add key="packed" value="{package.Folder}" />
              </packageSources>
            </configuration>
            """);

        // The package is unpacked here and not among the machine's, where it would stay; its dependencies are read from there.
        project.Write(
            "App.csproj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <IsAotCompatible>true</IsAotCompatible>
                <NuGetAudit>false</NuGetAudit>
                <RestorePackagesPath>packages</RestorePackagesPath>
                <RestoreAdditionalProjectFallbackFolders>{BuildInfo.PackageRoot}</RestoreAdditionalProjectFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="SharedObject.Runtime" Version="[{PackageFixture.Version}]" />
              </ItemGroup>
            </Project>
            """);

        project.Write(
            "Program.cs",
            """
            using SharedObjects;

            var value = new ArmState(1764547200, [0.5, -1, 2.25], "ready, grüß Gott", true);
            using SharedObject<ArmState> made = ArmState.Publish(args[0], value);
            using SharedObject<ArmState> opened = ArmState.Open(args[0]);
            ArmState state = opened.Fetch();
            Console.WriteLine(FormattableString.Invariant(
                $"{state.Timestamp} [{string.Join(", ", state.Qpos)}] {state.Mode} {state.IsHealthy}"));
            Console.WriteLine($"equal: {state == value}");
            made.Unlink();

            [SharedObject("arm_state")]
            internal readonly partial record struct ArmState(
                long Timestamp,
                [Shape(3)] double[] Qpos,
                [Capacity(100)] string Mode,
                [Key("ok")] bool IsHealthy);
            """);
    }

    /// <summary>A PNG of the size that package sites show.</summary>
    private static void AssertIcon(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        byte[] start = new byte[24];
        stream.ReadExactly(start);
        ReadOnlySpan<byte> signature = [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];
        Assert.True(start.AsSpan().StartsWith(signature));
        Assert.Equal(128, BinaryPrimitives.ReadInt32BigEndian(start.AsSpan(16)));
        Assert.Equal(128, BinaryPrimitives.ReadInt32BigEndian(start.AsSpan(20)));
    }
}
