using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;

namespace SharedObjects.Hunt;

/// <summary>The command line.</summary>
internal sealed record HuntOptions
{
    internal const string Usage = """
        hunt [--seconds N] [--seed S] [--sizes 64,4096,1000000,4000000] [--control] [--kill-python]
          --control      also runs readers that skip the stamp check, and fails if they catch no torn value
          --kill-python  also kills plain Python writers in the middle of writes, of objects of their own, and counts the torn
                         values that they leave: the protocol says that nobody can see those
        grow kills SEEDS [FIRST]
                         kills writers of dynamic objects while those grow, one of each language for each seed
        """;

    internal int Seconds { get; private init; } = 10;

    internal int Seed { get; private init; } = 1;

    internal ImmutableArray<int> Sizes { get; private init; } = [64, 4096, 1_000_000, 4_000_000];

    internal bool Control { get; private init; }

    internal bool KillPython { get; private init; }

    /// <exception cref="FormatException">They make no sense.</exception>
    internal static HuntOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new HuntOptions();
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--control":
                    options = options with { Control = true };
                    break;
                case "--kill-python":
                    options = options with { KillPython = true };
                    break;
                case "--seconds" when i + 1 < arguments.Length:
                    options = options with { Seconds = Number(arguments[++i]) };
                    break;
                case "--seed" when i + 1 < arguments.Length:
                    options = options with { Seed = Number(arguments[++i]) };
                    break;
                case "--sizes" when i + 1 < arguments.Length:
                    options = options with { Sizes = [.. arguments[++i].Split(',').Select(Number)] };
                    break;
                default:
                    throw new FormatException($"{arguments[i]} is no option, or lacks its value");
            }
        }

        return options.Seconds > 0 && options.Sizes.All(size => size >= 2 * sizeof(ulong)) ? options : throw new FormatException("Too few seconds, or too small a size");
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
