using System;
using System.IO;

namespace SharedObjects.Cli.Shell;

/// <summary>What the tool is given: files, standard input, and texts that must be understood.</summary>
internal static class Input
{
    /// <summary>The bytes of a file; of standard input where it is "-".</summary>
    /// <exception cref="ToolException">It can't be read.</exception>
    internal static byte[] Read(string file)
    {
        try
        {
            if (file != "-")
            {
                return File.ReadAllBytes(file);
            }

            using Stream input = Console.OpenStandardInput();
            using var bytes = new MemoryStream();
            input.CopyTo(bytes);
            return bytes.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw ToolException.Usage($"'{file}' can't be read: give a file, or - for standard input", e);
        }
    }

    /// <summary>What is not understood ends the tool with the code for that.</summary>
    internal static T Parse<T>(Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (FormatException e)
        {
            throw ToolException.Usage(e.Message, e);
        }
    }
}
