using System.Linq;
using System.Reflection;

namespace SharedObjects.Package.Tests.Support;

/// <summary>What the project file knows of the build that the tests belong to.</summary>
internal static class BuildInfo
{
    internal static string Configuration { get; } = Read("Configuration");

    /// <summary>The folder of the packages that this build restored.</summary>
    internal static string PackageRoot { get; } = Read("PackageRoot");

    private static string Read(string key) => typeof(BuildInfo).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;
}
