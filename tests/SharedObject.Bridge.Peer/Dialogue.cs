using System;
using System.Globalization;

namespace SharedObjects.Bridging.Peers;

/// <summary>How a role is told what to do: a line in, a line out, in turns.</summary>
internal static class Dialogue
{
    /// <summary>Says that it is ready, and then answers each line until the input ends.</summary>
    /// <param name="answer">What a line of words is answered with.</param>
    internal static int Play(Func<string[], string> answer)
    {
        Console.Out.WriteLine("ready");
        while (Console.In.ReadLine() is { } line)
        {
            Console.Out.WriteLine(answer(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        }

        return 0;
    }

    internal static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    internal static FormatException NotUnderstood(string[] words) => new($"'{string.Join(' ', words)}' is not understood");
}
