using System;
using System.IO;
using Snapshooter;
using Snapshooter.Xunit;

namespace SharedObjects.Generators.Tests;

/// <summary>
/// Compares generated text with what was accepted before. The only file that knows Snapshooter, so that another library can
/// take its place (Verify, once it can be restored here).
/// </summary>
/// <remarks>
/// A new snapshot is written to <c>__snapshots__</c>, to be read and committed; a mismatch fails and is written to
/// <c>__snapshots__/__mismatch__</c>. With <c>CI=true</c> a missing snapshot fails too.
/// </remarks>
internal static class Snapshots
{
    private const string ThisProject = "tests/SharedObject.Generators.Tests";

    static Snapshots()
    {
        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
        {
            Environment.SetEnvironmentVariable("SNAPSHOOTER_STRICT_MODE", "on");
        }
    }

    internal static void Match(string text, string name) =>
        Snapshot.Match(text, new SnapshotFullName(name + ".snap", Path.Combine(Root(), ThisProject)));

    /// <summary>
    /// The repository. Not by <c>[CallerFilePath]</c>, which deterministic builds replace by a path that does not exist.
    /// </summary>
    private static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, ThisProject)))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"There is no {ThisProject} above {AppContext.BaseDirectory}.");
    }
}
