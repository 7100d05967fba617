using System;
using System.IO;
using System.Linq;
using System.Text;
using SharedObjects.Internals;
using SharedObjects.Wire;

namespace SharedObjects.Memory;

/// <summary>The names of segments: checked as <c>shm_open</c> would, and where they are found.</summary>
internal static class SegmentName
{
    /// <summary>Where Linux keeps POSIX shared memory (shm_overview(7)).</summary>
    internal const string Directory = "/dev/shm";

    private const int MaxLength = 255; // NAME_MAX

    /// <summary>The path of a segment.</summary>
    /// <exception cref="SharedNameException">The name can't be one of a segment.</exception>
    internal static string ToPath(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ProblemOf(name) is { } problem ? throw Error.BadName(name, problem) : $"{Directory}/{name}";
    }

    /// <summary>Whether a text can be the name of a segment.</summary>
    internal static bool IsName(string text) => ProblemOf(text) is null;

    /// <summary>The names of all that might be segments; many are not of this format.</summary>
    internal static string[] All()
    {
        var options = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true };
        try
        {
            return [.. System.IO.Directory.EnumerateFiles(Directory, "*", options).Select(path => Path.GetFileName(path))];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Why a text can't be the name of a segment; null if it can.</summary>
    private static string? ProblemOf(string name)
    {
        if (name.Length == 0)
        {
            return "it is empty";
        }

        if (name is "." or "..")
        {
            return "it is a directory's";
        }

        if (name.AsSpan().IndexOfAny('/', '\0') is >= 0 and int at)
        {
            return $"it has a {(name[at] == '/' ? "'/'" : "NUL")} at {at}";
        }

        int length;
        try
        {
            length = WireText.Utf8.GetByteCount(name);
        }
        catch (EncoderFallbackException)
        {
            return "it has half a surrogate pair";
        }

        return length > MaxLength ? $"it has {length} bytes" : null;
    }
}
